import { PatronusConfigurationError } from '../errors/configuration.error.js';
import {
  readTransactionOptions,
  type TenantSchemaOptions,
} from '../tenancy/row-level-security/transaction.options.js';
import {
  TenantTransactions,
  type Begin,
} from '../tenancy/row-level-security/tenant-transactions.js';
import type { TenantContext } from '../tenancy/tenant-context.js';
import { type ClosablePool, TenantPools } from '../tenancy/tenant-pools.js';
import type { PGliteLike, PoolLike } from './database.js';
import { pgliteTransaction } from './pglite-transaction.js';
import { poolTransaction } from './pool-transaction.js';
import type { TenantClient, TenantResult } from './tenant-client.js';

/**
 * A PostgreSQL database, or a PGlite, that is asked for the tenant of the moment only: each
 * transaction tells the policies of {@link tenantIsolationSql} whose it is, and forgets it with its
 * end. So it works behind a pooler in transaction mode too.
 *
 * Tenants may also have a schema each, with the option `schema`, or a database each, with
 * {@link TenantPools} in the place of a pool.
 *
 * `app.tenant_id`, `app.user_id` and `app.role` (the credential's roles, between commas) can be read
 * by policies, defaults and triggers with `current_setting('app.user_id', true)`.
 *
 * @example
 * providers: [{
 *   provide: TenantDatabase,
 *   inject: [Pool, TenantContext],
 *   useFactory: (pool: Pool, tenant: TenantContext) => new TenantDatabase(pool, tenant),
 * }]
 */
export class TenantDatabase {
  readonly #transactions: TenantTransactions<TenantClient>;
  readonly #begin: Begin<TenantClient>;

  /** @throws {PatronusConfigurationError} */
  constructor(
    database: PoolLike | PGliteLike | TenantPools<ClosablePool & PoolLike>,
    tenant: TenantContext,
    options: TenantSchemaOptions = {},
  ) {
    const settled = readTransactionOptions('TenantDatabase', options, ['role', 'schema']);
    this.#transactions = new TenantTransactions(database, tenant, settled);
    if (database instanceof TenantPools) {
      this.#begin = (settings, work) =>
        database.use(tenant.id, (pool) => poolTransaction(pool, settings, work));
      return;
    }
    this.#begin = beginOn(database);
    tenant.bindPool(database);
  }

  /**
   * Runs `work` in a transaction of the running request's tenant: committed where `work` succeeds,
   * rolled back where it throws. Inside of another one it is part of that: an error then rolls back
   * all of it, even where it is caught. `client` ends with the transaction.
   *
   * @throws {PatronusError} `tenant_required` before a connection is taken; `tenant_mismatch` inside
   * a transaction of another tenant
   */
  transaction<Result>(work: (client: TenantClient) => Promise<Result>): Promise<Result> {
    return this.#transactions.run(this.#begin, work);
  }

  /** A transaction of one statement. */
  query<Row = Record<string, unknown>>(
    text: string,
    params?: readonly unknown[],
  ): Promise<TenantResult<Row>> {
    return this.transaction((client) => client.query<Row>(text, params));
  }
}

function beginOn(database: PoolLike | PGliteLike): Begin<TenantClient> {
  if ('transaction' in database && typeof database.transaction === 'function') {
    return (settings, work) => pgliteTransaction(database, settings, work);
  }
  if ('connect' in database && typeof database.connect === 'function') {
    return (settings, work) => poolTransaction(database, settings, work);
  }
  throw new PatronusConfigurationError(
    'TenantDatabase',
    'was given neither a pool nor a PGlite.',
    "Give new Pool({ … }) of 'pg', or a PGlite.",
  );
}
