export { tenantKysely, type TenantKysely } from './tenant-kysely.js';
export type { TenantTransactionOptions } from '../tenancy/row-level-security/transaction.options.js';
