import type { TenantContext } from '../tenancy/tenant-context.js';
import {
  readTransactionOptions,
  type TenantTransactionOptions,
} from '../tenancy/row-level-security/transaction.options.js';
import {
  TenantTransactions,
  type Begin,
} from '../tenancy/row-level-security/tenant-transactions.js';
import { type DrizzleTransaction, enterGiven, makeSettings } from './drizzle-transaction.js';
import { lendConnection } from './lend-connection.js';

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

  /**
   * Runs `work` for the running request's tenant in a transaction that the caller opened, such as one that
   * writes other tables as well. The transaction belongs to the tenant until it ends: it is refused to
   * another one. The caller commits it, or rolls it back, also where `work` throws.
   *
   * @throws {PatronusError} `tenant_required`; `tenant_mismatch` where the transaction belongs to another
   * tenant or user
   * @throws {PatronusConfigurationError} where `transaction` is no transaction
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
  const transactions = new TenantTransactions<Transaction>(db, tenant, role);
  const client: unknown = Reflect.get(db, '$client');
  if (typeof client === 'object' && client !== null) tenant.bindPool(client);
  const begin: Begin<Transaction> = (settings, work) =>
    db.transaction((transaction) =>
      lendConnection(db, transaction, async () => {
        await makeSettings(transaction, settings);
        return work(transaction);
      }),
    );
  return {
    transaction: (work) => transactions.run(begin, work),
    join: (transaction, work) =>
      transactions.runIn(transaction, (settings) => enterGiven(transaction, settings), work),
  };
}
