import { Logger } from '@nestjs/common';
import { Pool } from 'pg';
import { SettingsError } from '../../settings/read-setting.js';
import type { ClinicDatabase, SqlSession } from '../clinic-database.js';

const CONNECTIONS = 10;
const FIVE_SECONDS = 5_000;
const TEN_SECONDS = 10_000;

/** A PostgreSQL server. */
export class PostgresDatabase implements ClinicDatabase {
  readonly place: string;

  private constructor(
    url: string,
    readonly transactions: Pool,
  ) {
    const { host, pathname } = new URL(url);
    this.place = `PostgreSQL, ${host}${pathname}`;
  }

  /** @throws {SettingsError} if the server does not answer, or refuses the connection */
  static async connect(url: string): Promise<PostgresDatabase> {
    const pool = new Pool({
      connectionString: url,
      max: CONNECTIONS,
      connectionTimeoutMillis: FIVE_SECONDS,
      query_timeout: TEN_SECONDS,
      application_name: 'patronus-sample',
      allowExitOnIdle: true,
    });
    const logger = new Logger('Storage');
    // A broken idle connection is replaced. Without a listener, it would end the process.
    pool.on('error', ({ message }) => logger.warn(`A connection was lost: ${message}`));
    const database = new PostgresDatabase(url, pool);
    try {
      await database.session((session) => session.query('select 1'));
    } catch (error) {
      await pool.end();
      throw new SettingsError(
        `DATABASE_URL: ${database.place} refuses the connection: ${reason(error)}.`,
      );
    }
    return database;
  }

  async session<Result>(work: (session: SqlSession) => Promise<Result>): Promise<Result> {
    const client = await this.transactions.connect();
    try {
      const result = await work(sessionOn(client));
      client.release();
      return result;
    } catch (error) {
      // Closes the connection, which also ends an open transaction.
      client.release(true);
      throw error;
    }
  }

  close(): Promise<void> {
    return this.transactions.end();
  }
}

function sessionOn(client: Pick<SqlSession, 'query'>): SqlSession {
  return {
    async script(statements) {
      await client.query(statements);
    },
    query: (text, params) => client.query(text, params),
  };
}

function reason(error: unknown): string {
  if (error instanceof AggregateError) return reason(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
