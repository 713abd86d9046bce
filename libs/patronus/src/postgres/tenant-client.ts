/** Result of a statement. */
export interface TenantResult<Row> {
  readonly rows: Row[];
  /** Number of rows that it returned, or changed. */
  readonly rowCount: number;
}

/** Connection inside of a tenant's transaction. It cannot be used after the transaction ends. */
export interface TenantClient {
  query<Row = Record<string, unknown>>(
    text: string,
    params?: readonly unknown[],
  ): Promise<TenantResult<Row>>;
}

type Statement = <Row>(text: string, params: unknown[]) => Promise<TenantResult<Row>>;

/**
 * Lends a connection for as long as `work` runs, because the connection itself is used for another
 * tenant afterwards.
 */
export async function lend<Result>(
  statement: Statement,
  work: (client: TenantClient) => Promise<Result>,
): Promise<Result> {
  let isOpen = true;
  const client: TenantClient = {
    async query<Row>(text: string, params: readonly unknown[] = []) {
      if (isOpen) return statement<Row>(text, [...params]);
      throw new Error(
        'The transaction has ended: its client was kept, or a query was not awaited.',
      );
    },
  };
  try {
    return await work(client);
  } finally {
    isOpen = false;
  }
}
