/** A connection, which runs statements in order. */
export interface SqlSession {
  /** Runs statements that have no parameters. */
  script(statements: string): Promise<void>;
  query<Row>(text: string, params?: unknown[]): Promise<FoundRows<Row>>;
}

interface FoundRows<Row> {
  readonly rows: Row[];
}
