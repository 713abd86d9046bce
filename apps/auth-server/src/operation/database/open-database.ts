import { EmbeddedCluster } from '@patronus/embedded-database';
import { sql } from 'drizzle-orm';
import { drizzle, type PgliteDatabase } from 'drizzle-orm/pglite';
import { migrate } from 'drizzle-orm/pglite/migrator';
import type { DatabaseSettings, ServerSettings } from '../settings/server-settings.js';
import { watchCommits } from './commit-hooks.js';
import { MIGRATIONS_FOLDER, PlatformDatabase } from './database.js';
import { applyMigrations, migratePostgres } from './migrations.js';
import { PostgresPlatformDatabase } from './postgres.database.js';
import { refusalOf, requireServerRole, SERVER_ROLE } from './roles.js';

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

  /**
   * Opens the folder and acts as `patronus_server`. The user of the embedded database is a superuser.
   *
   * @throws {EmbeddedClusterError} if another process uses the folder, or it cannot be used
   * @throws {SettingsError} if the tables are older than this version
   */
  static async open(folder: string, migrates: boolean): Promise<EmbeddedPlatformDatabase> {
    const cluster = await openCluster(folder);
    try {
      if (migrates) await migrateCluster(cluster);
      const database = new EmbeddedPlatformDatabase(cluster);
      await takeServerRole(database.db);
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

/** Changes the role of the only connection of an embedded database, until it ends. */
export async function takeServerRole(db: PgliteDatabase): Promise<void> {
  try {
    await db.execute(sql.raw(`set role ${SERVER_ROLE}`));
  } catch (cause) {
    throw refusalOf(cause);
  }
  await requireServerRole(db);
}

function openCluster(folder: string): Promise<EmbeddedCluster> {
  return EmbeddedCluster.open({
    folder,
    setting: 'PATRONUS_SERVER_DATA',
    name: 'patronus-auth-server',
  });
}

function migrateCluster({ pglite }: EmbeddedCluster): Promise<readonly string[]> {
  const db = drizzle(pglite);
  const run = () => migrate(db, { migrationsFolder: MIGRATIONS_FOLDER });
  return applyMigrations(db, run, 'PATRONUS_SERVER_DATA');
}

/**
 * Opens the database that the settings name, as the server. Migrates its tables first if the settings allow it.
 *
 * @throws {SettingsError} if it cannot be reached, or its tables are older than this version
 * @throws {EmbeddedClusterError} if the data folder cannot be used
 */
export async function openDatabase(settings: ServerSettings): Promise<PlatformDatabase> {
  const { databaseUrl, dataFolder, migrateAtStart, pool } = settings;
  if (databaseUrl === undefined) return EmbeddedPlatformDatabase.open(dataFolder, migrateAtStart);
  if (migrateAtStart) await migrateDatabase(settings);
  return PostgresPlatformDatabase.open(databaseUrl, pool);
}

/**
 * Migrates the tables of the database that the settings name, as their owner.
 *
 * @returns the names of the migrations that were applied
 * @throws {SettingsError} if it cannot be reached, or the user may not migrate
 * @throws {EmbeddedClusterError} if the data folder cannot be used
 */
export async function migrateDatabase(settings: DatabaseSettings): Promise<readonly string[]> {
  const { tableOwner, dataFolder } = settings;
  if (tableOwner !== undefined) return migratePostgres(tableOwner);
  const cluster = await openCluster(dataFolder);
  try {
    return await migrateCluster(cluster);
  } finally {
    await cluster.close();
  }
}
