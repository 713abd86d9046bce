import { PatronusConfigurationError } from '../errors/configuration.error.js';
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
import { type DrizzleTransaction, enterGiven, makeSettings } from './drizzle-transaction.js';
import { lendConnection } from './lend-connection.js';

/** Members of a Drizzle database that are used here. */
export interface DrizzleDatabase<Transaction extends DrizzleTransaction> {
  transaction<Result>(work: (transaction: Transaction) => Promise<Result>): Promise<Result>;
}

/** Drizzle that only runs queries for the current tenant. */
export interface TenantDrizzle<Transaction> {
  /**
   * Runs `work` in a transaction of the running request's tenant. Inside of another transaction it
   * becomes part of that one: an error then rolls back all of it, even if it is caught.
   * `transaction` cannot be used after `work` ends.
   *
   * @throws {PatronusError} `tenant_required` before a connection is taken; `tenant_mismatch` inside
   * a transaction of another tenant
   */
  transaction<Result>(work: (transaction: Transaction) => Promise<Result>): Promise<Result>;

  /**
   * Runs `work` for the running request's tenant in a transaction that the caller opened, such as
   * one that writes other tables as well. The transaction belongs to the tenant until it ends: work
   * for another tenant is refused. The caller commits it or rolls it back, also if `work` throws.
   *
   * @throws {PatronusError} `tenant_required`; `tenant_mismatch` if the transaction belongs to another
   * tenant or user
   * @throws {PatronusConfigurationError} if `transaction` is not a transaction, or if each tenant
   * has a database
   * @example
   * await db.transaction(async (tx) => {
   *   await tx.insert(outbox).values(event);
   *   await handle.join(tx, (own) => own.insert(patients).values(patient));
   * });
   */
  join<Result>(
    transaction: Transaction,
    work: (transaction: Transaction) => Promise<Result>,
  ): Promise<Result>;
}

/** Creates a Drizzle for each pool, if each tenant has its own database. */
export interface DrizzlePools<Pool extends ClosablePool, Transaction extends DrizzleTransaction> {
  readonly pools: TenantPools<Pool>;
  /** Creates a Drizzle on a pool: `(pool) => drizzle(pool)`. Called once for each pool. */
  readonly drizzle: (pool: Pool) => DrizzleDatabase<Transaction>;
}

/**
 * Binds a Drizzle on a pool of `pg`, or on a PGlite, to the current tenant. Keep the Drizzle itself
 * private: neither export nor provide it. With the option `schema`, define tables by `pgTable`, not
 * by `pgSchema`, which names a schema in each statement.
 *
 * @throws {PatronusConfigurationError} if an option is not valid
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
  const key = 'pools' in source ? source.pools : source;
  const transactions = new TenantTransactions<Transaction>(key, tenant, settled);
  const begin = 'pools' in source ? beginOnPools(source, tenant) : beginOn(source, tenant);
  return {
    transaction: (work) => transactions.run(begin, work),
    join: async (transaction, work) => {
      if ('pools' in source) throw cannotJoin();
      return transactions.runIn(transaction, (settings) => enterGiven(transaction, settings), work);
    },
  };
}

/** Returns the error: the database of a transaction does not identify its tenant. */
function cannotJoin(): PatronusConfigurationError {
  return new PatronusConfigurationError(
    'tenantDrizzle.join',
    'was given a transaction of a database that may belong to another tenant.',
    'Use transaction() if each tenant has a database.',
  );
}

function beginOn<Transaction extends DrizzleTransaction>(
  db: DrizzleDatabase<Transaction>,
  tenant: TenantContext,
): Begin<Transaction> {
  const client: unknown = Reflect.get(db, '$client');
  if (typeof client === 'object' && client !== null) tenant.bindPool(client);
  return (settings, work) =>
    db.transaction((transaction) =>
      lendConnection(db, transaction, async () => {
        await makeSettings(transaction, settings);
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
      const begin = begins.get(pool) ?? beginOn(drizzle(pool), tenant);
      begins.set(pool, begin);
      return begin(settings, work);
    });
}
