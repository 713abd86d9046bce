import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import { Client, Pool } from 'pg';
import { SettingsError } from '../settings/settings.error.js';
import { ADVISORY_LOCKS } from './advisory-locks.js';
import { MIGRATIONS_FOLDER } from './migrations-folder.js';
import { NamedStatements } from './named-statements.js';
import { PlatformDatabase } from './platform-database.js';
import * as schema from './schema/index.js';

const CONNECT_LIMIT = 5_000;
/** In milliseconds: a statement that takes longer is given up, here and in the database. */
const PATIENCE = 10_000;
const BOUNDS = {
  statement_timeout: PATIENCE,
  query_timeout: PATIENCE,
  idle_in_transaction_session_timeout: 3 * PATIENCE,
};

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
    await migrateAt(url);
    const pool = new Pool({ ...connectionTo(url), ...BOUNDS });
    // A connection that ends while nobody uses it is replaced at the next use.
    pool.on('error', () => undefined);
    const statements = new NamedStatements();
    pool.on('connect', (client) => statements.on(client));
    return new PostgresDatabase(pool, url);
  }

  async ping(): Promise<void> {
    await this.pool.query('select 1');
  }

  close(): Promise<void> {
    return this.pool.end();
  }
}

function connectionTo(url: string) {
  return {
    connectionString: url,
    connectionTimeoutMillis: CONNECT_LIMIT,
    application_name: 'patronus-auth-server',
    keepAlive: true,
  };
}

/** On a connection of its own, without bounds: another instance's migration may take its time. */
async function migrateAt(url: string): Promise<void> {
  const client = new Client(connectionTo(url));
  // What breaks the connection fails the statement too.
  client.on('error', () => undefined);
  await connect(client);
  try {
    await client.query('select pg_advisory_lock($1)', [ADVISORY_LOCKS.migration]);
    await migrate(drizzle(client), { migrationsFolder: MIGRATIONS_FOLDER });
  } finally {
    // Ends the session, and with it the lock, whatever went wrong.
    await client.end();
  }
}

async function connect(client: Client): Promise<void> {
  try {
    await client.connect();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : 'nobody answers';
    throw new SettingsError(`DATABASE_URL leads to no database: ${reason}.`, { cause });
  }
}
