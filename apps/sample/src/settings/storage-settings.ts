import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Environment, SettingsError } from './read-setting.js';

/** The location of the rows: a PostgreSQL server, or a folder that this process owns. */
export type StorageSettings =
  | { readonly kind: 'postgres'; readonly url: string }
  | { readonly kind: 'embedded'; readonly folder: string };

const FOLDER = fileURLToPath(new URL('../../.data', import.meta.url));

export function readStorage(environment: Environment, production: boolean): StorageSettings {
  const url = environment['DATABASE_URL'];
  if (url) return { kind: 'postgres', url: checked(url) };
  if (production) {
    throw new SettingsError(
      'DATABASE_URL is missing: NODE_ENV=production needs it; the embedded database is for development.',
    );
  }
  return { kind: 'embedded', folder: resolve(environment['PATRONUS_SAMPLE_DATA'] || FOLDER) };
}

/** Checks an address. The error does not contain it, because it may have a password. */
function checked(text: string): string {
  if (URL.canParse(text)) {
    const { protocol, hostname, pathname } = new URL(text);
    const isPostgres = protocol === 'postgres:' || protocol === 'postgresql:';
    if (isPostgres && hostname !== '' && pathname.length > 1) return text;
  }
  throw new SettingsError(
    'DATABASE_URL must be an address such as postgres://user:password@host:5432/database.',
  );
}
