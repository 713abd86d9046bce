import { createHash } from 'node:crypto';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import { Client, type ClientBase, Pool } from 'pg';
import { SettingsError } from '../settings/server-settings.js';
import { ADVISORY_LOCKS, MIGRATIONS_FOLDER, PlatformDatabase } from './database.js';

/** Statements that a connection keeps. Lists make texts of many lengths: what comes later is planned each time. */
const MOST_STATEMENTS = 200;

/**
 * Names what is asked for with values, so that a connection parses and plans each text once. `prepare` of
 * Drizzle names the statements that are written for it; this names those too that are made for each call.
 *
 * @see {@link https://www.postgresql.org/docs/current/sql-prepare.html}
 */
class NamedStatements {
  readonly #names = new Map<string, string>();

  /** On a connection that has just been opened. */
  on(client: ClientBase): void {
    client.query = new Proxy(client.query.bind(client), {
      apply: (query, self, [asked, values, ...rest]: unknown[]): unknown =>
        Reflect.apply(query, self, [this.#named(asked, values), values, ...rest]),
    });
  }

  #named(asked: unknown, values: unknown): unknown {
    if (!Array.isArray(values) || values.length === 0 || !isUnnamed(asked)) return asked;
    const name = this.#nameOf(asked.text);
    return name === undefined ? asked : { ...asked, name };
  }

  #nameOf(text: string): string | undefined {
    const known = this.#names.get(text);
    if (known !== undefined || this.#names.size === MOST_STATEMENTS) return known;
    const name = createHash('sha256').update(text).digest('base64url');
    this.#names.set(text, name);
    return name;
  }
}

function isUnnamed(asked: unknown): asked is { readonly text: string } {
  return (
    typeof asked === 'object' &&
    asked !== null &&
    'text' in asked &&
    typeof asked.text === 'string' &&
    !('name' in asked && asked.name !== undefined)
  );
}

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
  readonly db: NodePgDatabase;

  private constructor(
    private readonly pool: Pool,
    url: string,
  ) {
    super();
    const { hostname, port, pathname } = new URL(url);
    this.place = `PostgreSQL, ${pathname.slice(1)} on ${hostname}:${port || '5432'}`;
    this.db = drizzle(pool);
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
