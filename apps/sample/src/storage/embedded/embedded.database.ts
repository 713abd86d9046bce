import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { SettingsError } from '../../settings/settings.error.js';
import type { ClinicDatabase } from '../clinic-database.js';
import type { SqlSession } from '../sql-session.js';
import { copyEmptyCluster } from './empty-cluster.js';
import { FolderLock } from './folder-lock.js';

/** Written last: files without it are those of a process that was killed while it made them. */
const COMPLETE = 'patronus-sample.complete';

/** A PostgreSQL inside of this process. */
export class EmbeddedDatabase implements ClinicDatabase {
  readonly place: string;

  private constructor(
    readonly transactions: PGlite,
    folder: string,
    private readonly lock: FolderLock,
  ) {
    this.place = `embedded, in ${folder}`;
  }

  /** @throws {SettingsError} where the folder is another process's, or cannot be used */
  static async open(folder: string): Promise<EmbeddedDatabase> {
    makeFolder(folder);
    const lock = await FolderLock.take(folder);
    try {
      return new EmbeddedDatabase(await openCluster(folder), folder, lock);
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /** There is one connection, which does one thing at a time. */
  session<Result>(work: (session: SqlSession) => Promise<Result>): Promise<Result> {
    const pglite = this.transactions;
    return work({
      async script(statements) {
        await pglite.exec(statements);
      },
      query: (text, params) => pglite.query(text, params),
    });
  }

  async close(): Promise<void> {
    await this.transactions.close();
    this.lock.release();
  }
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SettingsError(`PATRONUS_SAMPLE_DATA: ${folder} cannot be made: ${reason}.`);
  }
}

async function openCluster(folder: string): Promise<PGlite> {
  const cluster = join(folder, 'cluster');
  const complete = join(cluster, COMPLETE);
  if (!existsSync(complete)) {
    rmSync(cluster, { recursive: true, force: true });
    await copyEmptyCluster(cluster);
    writeFileSync(complete, '');
  }
  try {
    return await PGlite.create(cluster);
  } catch (cause) {
    throw new SettingsError(
      `The data in ${cluster} cannot be read: remove that folder to begin anew, or choose another one with PATRONUS_SAMPLE_DATA.`,
      { cause },
    );
  }
}
