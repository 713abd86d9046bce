export {
  tenantDrizzle,
  type DrizzlePools,
  type DrizzleDatabase,
  type DrizzleTransaction,
  type TenantDrizzle,
} from './tenant-drizzle.js';
export type {
  TenantSchemaOptions,
  TenantTransactionOptions,
} from '../tenancy/row-level-security/transaction.options.js';
