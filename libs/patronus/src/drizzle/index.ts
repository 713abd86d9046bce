export type { DrizzleTransaction } from './drizzle-transaction.js';
export { tenantDrizzle, type DrizzleDatabase, type TenantDrizzle } from './tenant-drizzle.js';
export type { TenantTransactionOptions } from '../tenancy/row-level-security/transaction.options.js';
