import { createHash } from 'node:crypto';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import { Client, type ClientBase, Pool } from 'pg';
import { watchCommits } from './commit-hooks.js';
import type { ServerSettings } from '../settings/server-settings.js';
import {
  type ConnectionCounts,
  connectionTo,
  type Leadership,
  PlatformDatabase,
} from './database.js';
import { PostgresLeadership } from './leadership.js';
import { actingAs, requireServerRole, SERVER_ROLE } from './roles.js';

/** The number of prepared statements of a connection. Further ones are planned each time: lists make many texts. */
const MAX_STATEMENTS = 200;

/**
 * Names statements with values, so that a connection parses and plans each text once. `prepare` of Drizzle
 * names prepared statements only; this also names those that are built for each call.
 *
 * @see {@link https://www.postgresql.org/docs/current/sql-prepare.html}
 */
class NamedStatements {
  readonly #names = new Map<string, string>();

  /** Names the statements of a new connection. */
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
    if (known !== undefined || this.#names.size === MAX_STATEMENTS) return known;
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

type PoolSettings = ServerSettings['pool'];

const DEFAULTS: PoolSettings = { max: 10, statementTimeout: 10 };

/** Returns the time limits of a connection, here and in the database, in milliseconds. */
function boundsOf({ statementTimeout }: PoolSettings) {
  const limit = statementTimeout * 1000;
  return {
    statement_timeout: limit,
    query_timeout: limit,
    idle_in_transaction_session_timeout: 3 * limit,
  };
}

/** A PostgreSQL server. */
export class PostgresPlatformDatabase extends PlatformDatabase {
  readonly place: string;
  readonly db: NodePgDatabase;

  private constructor(
    private readonly pool: Pool,
    private readonly url: string,
    private readonly bounds: ReturnType<typeof boundsOf>,
  ) {
    super();
    const { hostname, port, pathname } = new URL(url);
    this.place = `PostgreSQL, ${pathname.slice(1)} on ${hostname}:${port || '5432'}`;
    this.db = drizzle(pool);
    watchCommits(this.db);
  }

  /**
   * Connects as `patronus_server`: PostgreSQL refuses a connection that cannot take this role.
   *
   * @param settings.max the most connections at once. Further statements wait for one
   * @throws {SettingsError} if the server does not answer or refuses the connection, or if the tables are older
   * than this version
   */
  static async open(
    url: string,
    settings: Partial<PoolSettings> = {},
  ): Promise<PostgresPlatformDatabase> {
    const address = connectionTo(actingAs(SERVER_ROLE, url));
    const all = { ...DEFAULTS, ...settings };
    const bounds = boundsOf(all);
    const pool = new Pool({ ...address, ...bounds, max: all.max });
    // An idle connection that ends is replaced at its next use.
    pool.on('error', () => undefined);
    const statements = new NamedStatements();
    pool.on('connect', (client) => statements.on(client));
    const database = new PostgresPlatformDatabase(pool, url, bounds);
    try {
      await requireServerRole(database.db);
      return database;
    } catch (error) {
      await database.close();
      throw error;
    }
  }

  async ping(): Promise<void> {
    await this.pool.query('select 1');
  }

  override get connections(): ConnectionCounts {
    const { totalCount, idleCount, waitingCount } = this.pool;
    return { open: totalCount, idle: idleCount, waiting: waitingCount };
  }

  override leadership(lock: number): Leadership {
    return new PostgresLeadership(() => {
      const client = new Client({
        ...connectionTo(actingAs(SERVER_ROLE, this.url)),
        ...this.bounds,
      });
      new NamedStatements().on(client);
      return client;
    }, lock);
  }

  close(): Promise<void> {
    return this.pool.end();
  }
}
