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
 * PostgreSQL database, or PGlite, that only runs queries for the current tenant: each transaction
 * sets the tenant that the policies of {@link tenantIsolationSql} read, until it ends. It therefore
 * also works behind a pooler in transaction mode.
 *
 * Tenants may also have a schema each, with the option `schema`, or a database each, with
 * {@link TenantPools} in place of a pool.
 *
 * Policies, defaults and triggers can read `app.tenant_id`, `app.user_id` and `app.role` (the
 * credential's roles, between commas) with `current_setting('app.user_id', true)`.
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

  /**
   * Checks the options.
   *
   * @throws {PatronusConfigurationError}
   */
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
   * Runs `work` in a transaction of the running request's tenant: committed if `work` succeeds,
   * rolled back if it throws. Inside of another transaction it becomes part of that one: an error
   * then rolls back all of it, even if it is caught. `client` cannot be used after the transaction
   * ends.
   *
   * @throws {PatronusError} `tenant_required` before a connection is taken; `tenant_mismatch` inside
   * a transaction of another tenant
   */
  transaction<Result>(work: (client: TenantClient) => Promise<Result>): Promise<Result> {
    return this.#transactions.run(this.#begin, work);
  }

  /** Runs a transaction of one statement. */
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
