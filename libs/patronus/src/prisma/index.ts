export type { PrismaClientLike } from './prisma-client.js';
export { tenantPrisma } from './tenant-prisma.js';
export type { TenantTransactionOptions } from '../tenancy/row-level-security/transaction.options.js';
