/** What a statement gave back. */
export interface TenantResult<Row> {
  readonly rows: Row[];
  /** How many rows it returned, or changed. */
  readonly rowCount: number;
}

/** A connection inside of a tenant's transaction. It ends with the transaction. */
export interface TenantClient {
  query<Row = Record<string, unknown>>(
    text: string,
    params?: readonly unknown[],
  ): Promise<TenantResult<Row>>;
}

type Statement = <Row>(text: string, params: unknown[]) => Promise<TenantResult<Row>>;

/**
 * Hands out a connection for as long as `work` runs: the connection itself goes on to another tenant.
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
