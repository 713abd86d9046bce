import { mkdirSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import { makeClusterFiles } from './cluster-files.js';
import { EmbeddedClusterError } from './embedded-cluster.error.js';
import type { EmbeddedClusterOptions } from './embedded-cluster.options.js';
import { FolderLock } from './folder-lock.js';
import { unusableFolder } from './unusable-folder.js';

/** PostgreSQL inside of this process, in a folder that no other process uses at the same time. */
export class EmbeddedCluster {
  private closing: Promise<void> | undefined;

  private constructor(
    /** Connection, which runs one statement at a time. Closed by {@link close}. */
    readonly pglite: PGlite,
    readonly folder: string,
    private readonly lock: FolderLock,
  ) {}

  /**
   * Opens a database, and creates it if it is missing.
   *
   * @throws {EmbeddedClusterError} if the folder belongs to another process or another application,
   * or cannot be created, written or read
   */
  static async open(options: EmbeddedClusterOptions): Promise<EmbeddedCluster> {
    const { folder, setting } = options;
    makeFolder(folder, setting);
    const lock = await FolderLock.take(folder, setting);
    try {
      const pglite = await start(await makeClusterFiles(options), setting);
      return new EmbeddedCluster(pglite, folder, lock);
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /** Releases the folder once everything is written. A second call has no effect. */
  close(): Promise<void> {
    this.closing ??= this.end();
    return this.closing;
  }

  private async end(): Promise<void> {
    await this.pglite.close();
    this.lock.release();
  }
}

function makeFolder(folder: string, setting: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw unusableFolder(folder, setting, 'cannot be made', cause);
  }
}

async function start(cluster: string, setting: string): Promise<PGlite> {
  try {
    return await PGlite.create(cluster);
  } catch (cause) {
    throw new EmbeddedClusterError(
      `The data in ${cluster} cannot be read: remove that folder to begin anew, or choose another one with ${setting}.`,
      { cause },
    );
  }
}
