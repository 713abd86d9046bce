import { sql, type SQL } from 'drizzle-orm';
import type { TenantContext } from '../tenancy/tenant-context.js';
import {
  readTransactionOptions,
  type TenantTransactionOptions,
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

/**
 * Binds a Drizzle on a pool of `pg`, or on a PGlite, to the tenant of the moment. Keep the Drizzle
 * itself out of reach, as one that is not exported or provided.
 *
 * @throws {PatronusConfigurationError}
 * @example
 * const rows = await tenantDrizzle(db, tenant).transaction((tx) => tx.select().from(patients));
 */
export function tenantDrizzle<Transaction extends DrizzleTransaction>(
  db: DrizzleDatabase<Transaction>,
  tenant: TenantContext,
  options: TenantTransactionOptions = {},
): TenantDrizzle<Transaction> {
  const role = readTransactionOptions('tenantDrizzle', options);
  const transactions = new TenantTransactions<Transaction>(tenant, role);
  const begin: Begin<Transaction> = (settings, work) =>
    db.transaction((transaction) =>
      lendConnection(db, transaction, async () => {
        const calls = settings.map(([name, value]) => sql`set_config(${name}, ${value}, true)`);
        await transaction.execute(sql`select ${sql.join(calls, sql`, `)}`);
        return work(transaction);
      }),
    );
  return { transaction: (work) => transactions.run(begin, work) };
}
