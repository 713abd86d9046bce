import type { PGliteLike, PoolLike } from '@patronus/nestjs/postgres';

/** A connection, which runs statements in order. */
export interface SqlSession {
  /** Runs statements that have no parameters. */
  script(statements: string): Promise<void>;
  query<Row>(text: string, params?: unknown[]): Promise<FoundRows<Row>>;
}

interface FoundRows<Row> {
  readonly rows: Row[];
}

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
