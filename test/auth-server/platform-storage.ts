import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { databaseUrl, redisUrl } from '../environment/services.js';
import { OwnDatabase } from '../sample/own-database.js';
import { removeKeys } from './remove-keys.js';

export type StorageName = 'embedded' | 'PostgreSQL + Redis';

/** The servers where they are named, the embedded one elsewhere: CI runs these suites twice. */
export const STORAGES: readonly StorageName[] =
  databaseUrl() === undefined || redisUrl() === undefined ? ['embedded'] : ['PostgreSQL + Redis'];

/** Where a platform under test keeps everything, and what clears it away. */
export interface PlatformStorage {
  readonly environment: Readonly<Record<string, string>>;
  clear(): Promise<void>;
}

export async function platformStorage(name: StorageName): Promise<PlatformStorage> {
  const folder = mkdtempSync(join(tmpdir(), 'patronus-platform-'));
  const clearFolder = () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  if (name === 'embedded') {
    return {
      environment: { PATRONUS_SERVER_DATA: folder },
      clear: () => Promise.resolve(clearFolder()),
    };
  }
  const database = await OwnDatabase.create();
  return {
    environment: {
      PATRONUS_SERVER_DATA: folder,
      DATABASE_URL: database.url,
      REDIS_URL: redisUrl() ?? '',
      REDIS_PREFIX: database.name,
    },
    async clear() {
      clearFolder();
      await database.drop();
      await removeKeys(database.name);
    },
  };
}
