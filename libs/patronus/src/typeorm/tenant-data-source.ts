import type { TenantContext } from '../tenancy/tenant-context.js';
import {
  readTransactionOptions,
  type TenantTransactionOptions,
} from '../tenancy/row-level-security/transaction.options.js';
import { TenantTransactions } from '../tenancy/row-level-security/tenant-transactions.js';
import { runnerTransaction, type QueryRunnerLike } from './runner-transaction.js';

/** Members of a data source of TypeORM that are used here. */
export interface DataSourceLike<Manager> {
  createQueryRunner(): QueryRunnerLike<Manager>;
}

/** Data source that only runs queries for the current tenant. */
export interface TenantDataSource<Manager> {
  /**
   * Runs `work` in a transaction of the running request's tenant. Inside of another transaction it
   * becomes part of that one: an error then rolls back all of it, even if it is caught. `manager`
   * cannot be used after `work` ends.
   *
   * @throws {PatronusError} `tenant_required` before a connection is taken; `tenant_mismatch` inside
   * a transaction of another tenant
   */
  transaction<Result>(work: (manager: Manager) => Promise<Result>): Promise<Result>;
}

/**
 * Binds a data source of PostgreSQL to the current tenant. Keep the data source itself, and
 * injected repositories, private: get repositories from `manager.getRepository`.
 *
 * @throws {PatronusConfigurationError} if an argument is not valid
 * @example
 * const patients = await tenantDataSource(dataSource, tenant).transaction((manager) =>
 *   manager.find(Patient),
 * );
 */
export function tenantDataSource<Manager>(
  dataSource: DataSourceLike<Manager>,
  tenant: TenantContext,
  options: TenantTransactionOptions = {},
): TenantDataSource<Manager> {
  const settled = readTransactionOptions('tenantDataSource', options);
  const transactions = new TenantTransactions<Manager>(dataSource, tenant, settled);
  return {
    transaction: (work) => {
      bindPoolOf(dataSource, tenant);
      return transactions.run(
        (settings, inside) => runnerTransaction(dataSource.createQueryRunner(), settings, inside),
        work,
      );
    },
  };
}

/** Binds the pool, which exists once the data source is initialised. */
function bindPoolOf(dataSource: object, tenant: TenantContext): void {
  const driver: unknown = Reflect.get(dataSource, 'driver');
  const pool: unknown =
    typeof driver === 'object' && driver !== null ? Reflect.get(driver, 'master') : undefined;
  if (typeof pool === 'object' && pool !== null) tenant.bindPool(pool);
}
