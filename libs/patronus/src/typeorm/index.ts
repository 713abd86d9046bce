export type { QueryRunnerLike } from './runner-transaction.js';
export {
  tenantDataSource,
  type DataSourceLike,
  type TenantDataSource,
} from './tenant-data-source.js';
export type { TenantTransactionOptions } from '../tenancy/row-level-security/transaction.options.js';
