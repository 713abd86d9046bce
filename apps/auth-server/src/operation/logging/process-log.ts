import { hostname } from 'node:os';
import { readFileSync } from 'node:fs';
import { loggedError, withoutSecrets } from './redaction.js';

/** The version of the platform, from its package. */
export const VERSION = versionIn(
  readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'),
);

/** The name of this process among several, as in the lines of its start and its end. */
export const INSTANCE = `${hostname()}:${process.pid}`;

const LEVELS = { info: 30, warn: 40, fatal: 60 } as const;

/**
 * Prints a line about the process itself, at each `LOG_LEVEL`: JSON in production, like all other lines, and text in
 * development. Fatal lines go to the standard error.
 */
export function printProcessLine(
  level: keyof typeof LEVELS,
  text: string,
  { production, ...fields }: { readonly production: boolean; readonly [field: string]: unknown },
): void {
  const print = level === 'fatal' ? console.error : console.log;
  if (!production) {
    print(text);
    return;
  }
  const line = { level: LEVELS[level], time: Date.now(), instance: INSTANCE, ...fields, msg: text };
  print(withoutSecrets(JSON.stringify(line)));
}

/** Prints the error that ends the process. An expected one explains itself, so that its stack is left out. */
export function printFatal(error: unknown, isExpected: boolean, production: boolean): void {
  if (!production) console.error(isExpected && error instanceof Error ? error.message : error);
  else if (isExpected && error instanceof Error)
    printProcessLine('fatal', error.message, { production });
  else printProcessLine('fatal', 'Patronus failed', { production, err: loggedError(error) });
}

function versionIn(manifest: string): string {
  const parsed: unknown = JSON.parse(manifest);
  const version: unknown =
    typeof parsed === 'object' && parsed !== null && Reflect.get(parsed, 'version');
  return typeof version === 'string' ? version : 'unknown';
}
