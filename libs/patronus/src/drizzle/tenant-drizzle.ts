import { sql, type SQL } from 'drizzle-orm';
import type { TenantContext } from '../tenancy/tenant-context.js';
import type { ClosablePool, TenantPools } from '../tenancy/tenant-pools.js';
import {
  readTransactionOptions,
  type TenantSchemaOptions,
} from '../tenancy/row-level-security/transaction.options.js';
import {
  TenantTransactions,
  type Begin,
} from '../tenancy/row-level-security/tenant-transactions.js';
import { lendConnection } from './lend-connection.js';

/** A transaction of Drizzle, as far as it is used. */
export interface DrizzleTransaction {
  execute(query: SQL): PromiseLike<unknown>;
}

/** A database of Drizzle, as far as it is used. */
export interface DrizzleDatabase<Transaction extends DrizzleTransaction> {
  transaction<Result>(work: (transaction: Transaction) => Promise<Result>): Promise<Result>;
}

/** A Drizzle that is asked for the tenant of the moment only. */
export interface TenantDrizzle<Transaction> {
  /**
   * Runs `work` in a transaction of the running request's tenant. Inside of another one it is part
   * of that: an error then rolls back all of it, even where it is caught. `transaction` ends with it.
   *
   * @throws {PatronusError} `tenant_required` before a connection is taken; `tenant_mismatch` inside
   * a transaction of another tenant
   */
  transaction<Result>(work: (transaction: Transaction) => Promise<Result>): Promise<Result>;
}

/** A Drizzle for each of the pools of tenants that have a database each. */
export interface DrizzlePools<Pool extends ClosablePool, Transaction extends DrizzleTransaction> {
  readonly pools: TenantPools<Pool>;
  /** Makes a Drizzle on a pool: `(pool) => drizzle(pool)`. Called once for each pool. */
  readonly drizzle: (pool: Pool) => DrizzleDatabase<Transaction>;
}

/**
 * Binds a Drizzle on a pool of `pg`, or on a PGlite, to the tenant of the moment. Keep the Drizzle
 * itself out of reach, as one that is not exported or provided. With the option `schema`, tables are
 * made by `pgTable`, not by `pgSchema`, which names a schema in each statement.
 *
 * @throws {PatronusConfigurationError}
 * @example
 * const rows = await tenantDrizzle(db, tenant).transaction((tx) => tx.select().from(patients));
 * @example
 * tenantDrizzle({ pools, drizzle: (pool) => drizzle(pool) }, tenant);
 */
export function tenantDrizzle<
  Transaction extends DrizzleTransaction,
  Pool extends ClosablePool = ClosablePool,
>(
  source: DrizzleDatabase<Transaction> | DrizzlePools<Pool, Transaction>,
  tenant: TenantContext,
  options: TenantSchemaOptions = {},
): TenantDrizzle<Transaction> {
  const settled = readTransactionOptions('tenantDrizzle', options, ['role', 'schema']);
  const transactions = new TenantTransactions<Transaction>(tenant, settled);
  const begin = 'pools' in source ? beginOnPools(source, tenant) : beginOn(source);
  return { transaction: (work) => transactions.run(begin, work) };
}

function beginOn<Transaction extends DrizzleTransaction>(
  db: DrizzleDatabase<Transaction>,
): Begin<Transaction> {
  return (settings, work) =>
    db.transaction((transaction) =>
      lendConnection(db, transaction, async () => {
        const calls = settings.map(([name, value]) => sql`set_config(${name}, ${value}, true)`);
        await transaction.execute(sql`select ${sql.join(calls, sql`, `)}`);
        return work(transaction);
      }),
    );
}

function beginOnPools<Pool extends ClosablePool, Transaction extends DrizzleTransaction>(
  { pools, drizzle }: DrizzlePools<Pool, Transaction>,
  tenant: TenantContext,
): Begin<Transaction> {
  const begins = new WeakMap<Pool, Begin<Transaction>>();
  return (settings, work) =>
    pools.use(tenant.id, (pool) => {
      const begin = begins.get(pool) ?? beginOn(drizzle(pool));
      begins.set(pool, begin);
      return begin(settings, work);
    });
}
