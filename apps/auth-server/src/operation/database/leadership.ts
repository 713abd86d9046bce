import { drizzle } from 'drizzle-orm/node-postgres';
import type { Client } from 'pg';
import type { DatabaseSession, Leadership } from './database.js';

/** The settings of a connection that leads. It repeats a few statements at short intervals. */
const SETTINGS = [
  // Milliseconds. Another instance takes over from one whose machine has vanished, or whose process has stopped.
  'set idle_session_timeout = 10000',
  // Each statement is planned once. Compiling it would take longer than running it.
  'set plan_cache_mode = force_generic_plan',
  'set jit = off',
].join(';');

/** The holder of an advisory lock of PostgreSQL, on a connection of its own. The lock ends with the connection. */
export class PostgresLeadership implements Leadership {
  #client: Client | undefined;
  #leads = false;

  constructor(
    private readonly newClient: () => Client,
    private readonly lock: number,
  ) {}

  async take(): Promise<DatabaseSession | undefined> {
    const client = this.#client ?? (await this.#connect());
    this.#leads ||= await this.#tryLock(client);
    return this.#leads ? drizzle(client) : undefined;
  }

  async release(): Promise<void> {
    const client = this.#client;
    if (client === undefined) return;
    this.#forget(client);
    await client.end();
  }

  async #connect(): Promise<Client> {
    const client = this.newClient();
    client.on('error', () => this.#forget(client));
    client.on('end', () => this.#forget(client));
    await client.connect();
    this.#client = client;
    await client.query(SETTINGS);
    return client;
  }

  async #tryLock(client: Client): Promise<boolean> {
    const { rows } = await client.query<{ held: boolean }>(
      'select pg_try_advisory_lock($1) as held',
      [this.lock],
    );
    return rows[0]?.held === true;
  }

  #forget(client: Client): void {
    if (this.#client !== client) return;
    this.#client = undefined;
    this.#leads = false;
  }
}
