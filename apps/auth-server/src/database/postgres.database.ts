import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import { Pool, type PoolClient } from 'pg';
import { SettingsError } from '../settings/settings.error.js';
import { MIGRATIONS_FOLDER } from './migrations-folder.js';
import { PlatformDatabase } from './platform-database.js';
import * as schema from './schema/index.js';

/** Whoever migrates holds this lock, so that instances that start together wait for each other. */
const MIGRATION_LOCK = 7_287_668;
const CONNECT_LIMIT = 5_000;

/** A PostgreSQL that runs elsewhere. */
export class PostgresDatabase extends PlatformDatabase {
  readonly place: string;
  readonly db: NodePgDatabase<typeof schema>;

  private constructor(
    private readonly pool: Pool,
    url: string,
  ) {
    super();
    const { hostname, port, pathname } = new URL(url);
    this.place = `PostgreSQL, ${pathname.slice(1)} on ${hostname}:${port || '5432'}`;
    this.db = drizzle(pool, { schema });
  }

  /**
   * Connects, and brings the tables to what this version needs.
   *
   * @throws {SettingsError} where nobody answers, or lets nobody in
   */
  static async open(url: string): Promise<PostgresDatabase> {
    const pool = new Pool({
      connectionString: url,
      connectionTimeoutMillis: CONNECT_LIMIT,
      application_name: 'patronus-auth-server',
    });
    // A connection that ends while nobody uses it is replaced at the next use.
    pool.on('error', () => undefined);
    try {
      await migrateLocked(await connect(pool));
      return new PostgresDatabase(pool, url);
    } catch (error) {
      await pool.end();
      throw error;
    }
  }

  async ping(): Promise<void> {
    await this.pool.query('select 1');
  }

  close(): Promise<void> {
    return this.pool.end();
  }
}

async function connect(pool: Pool): Promise<PoolClient> {
  try {
    return await pool.connect();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : 'nobody answers';
    throw new SettingsError(`DATABASE_URL leads to no database: ${reason}.`, { cause });
  }
}

async function migrateLocked(client: PoolClient): Promise<void> {
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await migrate(drizzle(client), { migrationsFolder: MIGRATIONS_FOLDER });
  } finally {
    // Ends the session, and with it the lock, whatever went wrong.
    client.release(true);
  }
}
