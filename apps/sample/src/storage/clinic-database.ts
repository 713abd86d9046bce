import type { PGliteLike, PoolLike } from '@patronus/nestjs/postgres';

/** One connection: what is said on it happens in this order. */
export interface SqlSession {
  /** Runs statements that have no parameters. */
  script(statements: string): Promise<void>;
  query<Row>(text: string, params?: unknown[]): Promise<FoundRows<Row>>;
}

interface FoundRows<Row> {
  readonly rows: Row[];
}

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
