export {
  tenantDrizzle,
  type DrizzleDatabase,
  type DrizzleTransaction,
  type TenantDrizzle,
} from './tenant-drizzle.js';
export type { TenantTransactionOptions } from '../tenancy/row-level-security/transaction.options.js';
