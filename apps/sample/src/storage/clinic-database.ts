import type { PGliteLike, PoolLike } from '@patronus/nestjs/postgres';
import type { SqlSession } from './sql-session.js';

/** A database that may not have the tables of the clinic yet. */
export interface ClinicDatabase {
  /** Describes the location to people, without a password. */
  readonly place: string;
  /** The pool for the transactions of the tenants. */
  readonly transactions: PoolLike | PGliteLike;
  /** Lends a connection with the rights of the clinic. */
  session<Result>(work: (session: SqlSession) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}
