import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../../../apps/auth-server/src/operation/database/open-database.js';
import type { PlatformDatabase } from '../../../apps/auth-server/src/operation/database/database.js';
import type { ServerSettings } from '../../../apps/auth-server/src/operation/settings/server-settings.js';
import { databaseUrl, redisUrl } from '../../environment/services.js';
import { OwnDatabase } from '../../sample/support/own-database.js';
import { KeptDatabase } from './kept-database.js';
import { removeKeys } from './remove-keys.js';

export type StorageName = 'embedded' | 'PostgreSQL + Redis';

/** Servers if they are configured, the embedded one otherwise: CI runs these suites twice. */
export const STORAGES: readonly StorageName[] =
  databaseUrl() === undefined || redisUrl() === undefined ? ['embedded'] : ['PostgreSQL + Redis'];

/** The storage of a platform under test, and its removal. */
export interface PlatformStorage {
  readonly environment: Readonly<Record<string, string>>;
  /** The database of a platform in this process. Settings with another one are for `openDatabase`. */
  open(settings: ServerSettings): Promise<PlatformDatabase>;
  clear(): Promise<void>;
}

export async function platformStorage(name: StorageName): Promise<PlatformStorage> {
  const folder = mkdtempSync(join(tmpdir(), 'patronus-platform-'));
  const clearFolder = () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  if (name === 'embedded') {
    let kept: KeptDatabase | undefined;
    return {
      environment: { PATRONUS_SERVER_DATA: folder, MIGRATE_AT_START: 'on' },
      async open() {
        kept ??= await KeptDatabase.take();
        return kept.open();
      },
      async clear() {
        clearFolder();
        await kept?.release();
        kept = undefined;
      },
    };
  }
  const database = await OwnDatabase.create();
  return {
    environment: {
      PATRONUS_SERVER_DATA: folder,
      MIGRATE_AT_START: 'on',
      DATABASE_URL: database.url,
      REDIS_URL: redisUrl() ?? '',
      REDIS_PREFIX: database.name,
    },
    open: openDatabase,
    async clear() {
      clearFolder();
      await database.drop();
      await removeKeys(database.name);
    },
  };
}
