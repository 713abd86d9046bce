import { EmbeddedCluster } from '@patronus/embedded-database';
import { drizzle, type PgliteDatabase } from 'drizzle-orm/pglite';
import { migrate } from 'drizzle-orm/pglite/migrator';
import type { ServerSettings } from '../settings/server-settings.js';
import { watchCommits } from './commit-hooks.js';
import { PlatformDatabase, MIGRATIONS_FOLDER } from './database.js';
import { PostgresPlatformDatabase } from './postgres.database.js';

/** PostgreSQL inside of this process, for development. */
export class EmbeddedPlatformDatabase extends PlatformDatabase {
  readonly place: string;
  readonly db: PgliteDatabase;

  private constructor(private readonly cluster: EmbeddedCluster) {
    super();
    this.place = `embedded, in ${cluster.folder}`;
    this.db = drizzle(cluster.pglite);
    watchCommits(this.db);
  }

  /** @throws {EmbeddedClusterError} if another process uses the folder, or it cannot be used */
  static async open(folder: string): Promise<EmbeddedPlatformDatabase> {
    const cluster = await EmbeddedCluster.open({
      folder,
      setting: 'PATRONUS_SERVER_DATA',
      name: 'patronus-auth-server',
    });
    try {
      const database = new EmbeddedPlatformDatabase(cluster);
      await migrate(database.db, { migrationsFolder: MIGRATIONS_FOLDER });
      return database;
    } catch (error) {
      await cluster.close();
      throw error;
    }
  }

  async ping(): Promise<void> {
    await this.cluster.pglite.query('select 1');
  }

  close(): Promise<void> {
    return this.cluster.close();
  }
}

/**
 * Opens the database that the settings name, and migrates its tables.
 *
 * @throws {SettingsError} if it cannot be reached
 * @throws {EmbeddedClusterError} if the data folder cannot be used
 */
export function openDatabase(settings: ServerSettings): Promise<PlatformDatabase> {
  return settings.databaseUrl === undefined
    ? EmbeddedPlatformDatabase.open(settings.dataFolder)
    : PostgresPlatformDatabase.open(settings.databaseUrl);
}
