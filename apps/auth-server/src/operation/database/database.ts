import { fileURLToPath } from 'node:url';
import type { OnApplicationShutdown } from '@nestjs/common';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';

/** The database or a transaction, on which statements run. */
export type DatabaseSession = PgDatabase<PgQueryResultHKT>;

/** An instance that leads, or waits for it. */
export interface Leadership {
  /** Returns the connection that leads. Undefined while another instance does. */
  take(): Promise<DatabaseSession | undefined>;
  release(): Promise<void>;
}

/** The connections of this process to the database. */
export interface ConnectionCounts {
  readonly open: number;
  readonly idle: number;
  /** The statements and transactions that wait for a connection. */
  readonly waiting: number;
}

/** The platform's database. The abstract class is the type and the injection token. */
export abstract class PlatformDatabase implements OnApplicationShutdown {
  /** Describes the location of the database to people, without a password. */
  abstract readonly place: string;
  /** Runs single statements. Use `db.transaction(…)` for several. */
  abstract readonly db: DatabaseSession;
  /** Checks the connection. @throws if the database does not answer */
  abstract ping(): Promise<void>;
  abstract close(): Promise<void>;

  /** The embedded database has one connection. */
  get connections(): ConnectionCounts {
    return { open: 1, idle: 0, waiting: 0 };
  }

  /**
   * Stands for election to the one instance that does some work. An embedded database has one process, which
   * always leads.
   *
   * @param _lock one of {@link ADVISORY_LOCKS}
   */
  leadership(_lock: number): Leadership {
    return { take: () => Promise.resolve(this.db), release: () => Promise.resolve() };
  }

  onApplicationShutdown(): Promise<void> {
    return this.close();
  }
}

/** The output of `drizzle-kit generate`. A released migration never changes. */
export const MIGRATIONS_FOLDER = fileURLToPath(new URL('../../../migrations', import.meta.url));

const CONNECT_LIMIT = 5_000;

/** The options of each connection to an address. */
export function connectionTo(url: string) {
  return {
    connectionString: url,
    connectionTimeoutMillis: CONNECT_LIMIT,
    application_name: 'patronus-auth-server',
    keepAlive: true,
  };
}

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Tells if a text can be compared with a `uuid` column. PostgreSQL fails on any other text. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** The numbers of PostgreSQL's advisory locks in this database. One instance holds a lock at a time. */
export const ADVISORY_LOCKS = {
  migration: 7_287_668,
  keyRotation: 7_287_669,
  firstAdministrator: 7_287_670,
  declaredClients: 7_287_671,
  declaredResourceServers: 7_287_672,
  lastAdministrator: 7_287_673,
  dataKeys: 7_287_674,
  eventNumbers: 7_287_690,
  /** Taken by a function of the database. */
  auditPartitions: 7_287_691,
} as const;

/** Returns the rows of a statement that was not built with Drizzle. Each driver has a type of its own for them. */
export function rowsOf(result: unknown): readonly unknown[] {
  const rows: unknown =
    typeof result === 'object' && result !== null && Reflect.get(result, 'rows');
  return Array.isArray(rows) ? rows : [];
}

/** Tells if the database refused a row because another row has its key. */
export function isUniqueViolation(error: unknown): boolean {
  return sqlStateOf(error) === '23505';
}

/** Tells if the database gave up waiting for a lock. */
export function isLockTimeout(error: unknown): boolean {
  return sqlStateOf(error) === '55P03';
}

/** Returns the code of a refusal by the database, of an error or of its cause. Undefined for other errors. */
export function sqlStateOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const code: unknown = Reflect.get(error, 'code');
  return typeof code === 'string' ? code : sqlStateOf(error.cause);
}

/** Returns the message of the error that caused an error. Drizzle wraps those of the database. */
export function rootOf(error: unknown): string {
  if (!(error instanceof Error)) return 'no answer';
  if (error.cause instanceof Error) return rootOf(error.cause);
  // Several addresses that all fail are an error without a message.
  return error.message === '' ? (sqlStateOf(error) ?? 'no answer') : error.message;
}
