import { sql, type Kysely, type Transaction } from 'kysely';
import type { TenantContext } from '../tenancy/tenant-context.js';
import {
  readTransactionOptions,
  type TenantTransactionOptions,
} from '../tenancy/row-level-security/transaction.options.js';
import {
  TenantTransactions,
  type Begin,
} from '../tenancy/row-level-security/tenant-transactions.js';

/** A Kysely that is asked for the tenant of the moment only. */
export interface TenantKysely<Database> {
  /**
   * Runs `work` in a transaction of the running request's tenant. Inside of another one it is part
   * of that: an error then rolls back all of it, even where it is caught.
   *
   * @throws {PatronusError} `tenant_required` before a connection is taken; `tenant_mismatch` inside
   * a transaction of another tenant
   */
  transaction<Result>(
    work: (transaction: Transaction<Database>) => Promise<Result>,
  ): Promise<Result>;
}

/**
 * Binds a Kysely of PostgreSQL, or of PGlite, to the tenant of the moment. Keep the Kysely itself
 * out of reach, as one that is not exported or provided.
 *
 * Kysely does not listen for errors of a connection while a transaction has it, and the process ends
 * where the server closes one: `pool.on('connect', (client) => client.on('error', log))`.
 *
 * @throws {PatronusConfigurationError}
 * @example
 * const patients = await tenantKysely(db, tenant).transaction((trx) =>
 *   trx.selectFrom('patients').selectAll().execute(),
 * );
 */
export function tenantKysely<Database>(
  db: Kysely<Database>,
  tenant: TenantContext,
  options: TenantTransactionOptions = {},
): TenantKysely<Database> {
  const settled = readTransactionOptions('tenantKysely', options);
  const transactions = new TenantTransactions<Transaction<Database>>(db, tenant, settled);
  const begin: Begin<Transaction<Database>> = (settings, work) =>
    db.transaction().execute(async (transaction) => {
      const calls = settings.map(([name, value]) => sql`set_config(${name}, ${value}, true)`);
      await sql`select ${sql.join(calls)}`.execute(transaction);
      return work(transaction);
    });
  return { transaction: (work) => transactions.run(begin, work) };
}
