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

/** Kysely that only runs queries for the current tenant. */
export interface TenantKysely<Database> {
  /**
   * Runs `work` in a transaction of the running request's tenant. Inside of another transaction it
   * becomes part of that one: an error then rolls back all of it, even if it is caught.
   *
   * @throws {PatronusError} `tenant_required` before a connection is taken; `tenant_mismatch` inside
   * a transaction of another tenant
   */
  transaction<Result>(
    work: (transaction: Transaction<Database>) => Promise<Result>,
  ): Promise<Result>;
}

/**
 * Binds a Kysely of PostgreSQL, or of PGlite, to the current tenant. Keep the Kysely itself
 * private: neither export nor provide it.
 *
 * Kysely does not listen for errors of a connection while a transaction uses it, and the process
 * ends if the server closes one. Add a listener: `pool.on('connect', (client) => client.on('error',
 * log))`.
 *
 * @throws {PatronusConfigurationError} if an argument is not valid
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
