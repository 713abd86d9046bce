import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { isJsonObject, member } from '../../identity/json-object.js';
import { CommandError } from '../command.error.js';

/** Where `nest build` puts the module of an application that `nest new` made. */
export const DEFAULT_APPLICATION = 'dist/app.module.js#AppModule';

/** What a file exports: a module, or a function that makes the application. */
export interface ApplicationReference {
  /** The whole path of the file. */
  readonly file: string;
  readonly name: string;
  /** As it was written. */
  readonly text: string;
}

/**
 * Which application is meant: `--app`, else `patronus.app` of the package.json in `folder`, else
 * {@link DEFAULT_APPLICATION}.
 *
 * @throws {CommandError} where it names no file or no export
 */
export function applicationReference(
  asked: string | undefined,
  folder: string,
): ApplicationReference {
  const text = asked ?? fromManifest(folder) ?? DEFAULT_APPLICATION;
  const hash = text.lastIndexOf('#');
  const [file, name] = [text.slice(0, hash), text.slice(hash + 1)];
  if (hash < 1 || name === '') {
    throw new CommandError(
      `${text} does not say what of the file is meant.`,
      `Write --app ${DEFAULT_APPLICATION}: the file, and what it exports.`,
    );
  }
  return { file: resolve(folder, file), name, text };
}

function fromManifest(folder: string): string | undefined {
  const manifest = readManifest(resolve(folder, 'package.json'));
  const patronus = isJsonObject(manifest) ? member(manifest, 'patronus') : undefined;
  const app = isJsonObject(patronus) ? member(patronus, 'app') : undefined;
  if (app === undefined || typeof app === 'string') return app;
  throw new CommandError(
    'patronus.app of package.json is no text.',
    `Write "patronus": { "app": "${DEFAULT_APPLICATION}" }.`,
  );
}

/** A folder without a package.json, or with one that npm refuses to read, says nothing. */
function readManifest(path: string): unknown {
  try {
    const manifest: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return manifest;
  } catch {
    return undefined;
  }
}
