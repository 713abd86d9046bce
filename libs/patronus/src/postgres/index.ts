export { assertTenantIsolation } from './assert-tenant-isolation.js';
export type { Queryable, TenantIsolationOptions } from './assert-tenant-isolation.js';
export { assertDatabaseIsolation, assertSchemaIsolation } from './assert-separate-tenants.js';
export type { PGliteLike, PoolLike } from './database.js';
export {
  denialTableSql,
  postgresDenials,
  type DenialTable,
  type PostgresDenialsOptions,
} from './postgres-denials.js';
export type { TenantClient, TenantResult } from './tenant-client.js';
export { TenantDatabase } from './tenant-database.js';
export { tenantIsolationSql, type TenantTable } from './tenant-isolation-sql.js';
export {
  TenantPools,
  type ClosablePool,
  type TenantPoolsOptions,
} from '../tenancy/tenant-pools.js';
export type {
  TenantSchemaOptions,
  TenantTransactionOptions,
} from '../tenancy/row-level-security/transaction.options.js';
