import type { PGliteLike, PoolLike } from '@patronus/nestjs/postgres';
import type { SqlSession } from './sql-session.js';

/** A database as it is found: nobody has looked yet whether it has the clinic's tables. */
export interface ClinicDatabase {
  /** Where it is, for people. Holds no password. */
  readonly place: string;
  /** What the transactions of the tenants run on. */
  readonly transactions: PoolLike | PGliteLike;
  /** Lends one connection, with the rights that the clinic was given. */
  session<Result>(work: (session: SqlSession) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}
