import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { isJsonObject, member } from '../../identity/json-object.js';
import { CommandError } from '../command.error.js';

/** Path of the root module after `nest build`, in an application that `nest new` created. */
export const DEFAULT_APPLICATION = 'dist/app.module.js#AppModule';

/** Module that a file exports, or a function that creates the application. */
export interface ApplicationReference {
  /** Absolute path of the file. */
  readonly file: string;
  readonly name: string;
  /** Reference as it was written. */
  readonly text: string;
}

/**
 * Finds the application: `--app`, else `patronus.app` of the package.json in `folder`, else
 * {@link DEFAULT_APPLICATION}.
 *
 * @throws {CommandError} if it names no file or no export
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
      `${text} does not name an export of the file.`,
      `Write --app ${DEFAULT_APPLICATION}: the file, and its export.`,
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
    'patronus.app of package.json is not text.',
    `Write "patronus": { "app": "${DEFAULT_APPLICATION}" }.`,
  );
}

/** Returns the package.json. Undefined if the folder has none, or one that npm refuses to read. */
function readManifest(path: string): unknown {
  try {
    const manifest: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return manifest;
  } catch {
    return undefined;
  }
}
