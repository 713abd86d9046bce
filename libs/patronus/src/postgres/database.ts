/** Members of a pool of `pg` that are used here. */
export interface PoolLike {
  connect(): Promise<PoolClientLike>;
}

export interface PoolClientLike {
  query<Row>(text: string, params?: unknown[]): Promise<PoolResult<Row>>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  off(event: 'error', listener: (error: Error) => void): unknown;
  release(error?: Error | boolean): void;
}

interface PoolResult<Row> {
  readonly command?: string;
  readonly rows: Row[];
  readonly rowCount: number | null;
}

/** Members of a PGlite that are used here. */
export interface PGliteLike {
  transaction<Result>(work: (transaction: PGliteTransaction) => Promise<Result>): Promise<Result>;
}

export interface PGliteTransaction {
  query<Row>(text: string, params?: unknown[]): Promise<PGliteResult<Row>>;
}

interface PGliteResult<Row> {
  readonly rows: Row[];
  readonly affectedRows?: number | undefined;
}
