export type { DrizzleTransaction } from './drizzle-transaction.js';
export {
  tenantDrizzle,
  type DrizzleDatabase,
  type DrizzlePools,
  type TenantDrizzle,
} from './tenant-drizzle.js';
export type {
  TenantSchemaOptions,
  TenantTransactionOptions,
} from '../tenancy/row-level-security/transaction.options.js';
