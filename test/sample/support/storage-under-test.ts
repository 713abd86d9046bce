import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClinicStorage } from '../../../apps/sample/src/storage/clinic-storage.js';
import { openStorage } from '../../../apps/sample/src/storage/open-storage.js';
import { databaseUrl } from '../../environment/services.js';
import { OwnDatabase } from './own-database.js';

export type DatabaseName = 'PGlite' | 'PostgreSQL';

/** The server if one is configured, the embedded one otherwise: CI runs these suites twice. */
export const DATABASES: readonly DatabaseName[] =
  databaseUrl() === undefined ? ['PGlite'] : ['PostgreSQL'];

/** Storage of one test, with its clean-up once it is closed. */
export interface StorageUnderTest {
  readonly storage: ClinicStorage;
  clear(): Promise<void>;
}

export async function openStorageOn(database: DatabaseName): Promise<StorageUnderTest> {
  if (database === 'PGlite') {
    const folder = mkdtempSync(join(tmpdir(), 'patronus-sample-'));
    const storage = await openStorage({ kind: 'embedded', folder });
    return { storage, clear: async () => rmSync(folder, { recursive: true }) };
  }
  const own = await OwnDatabase.create();
  const storage = await openStorage({ kind: 'postgres', url: own.url });
  return { storage, clear: () => own.drop() };
}
