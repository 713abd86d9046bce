import { PatronusConfigurationError } from '../errors/configuration.error.js';
import type { TenantContext } from '../tenancy/tenant-context.js';
import {
  setSettings,
  settingValues,
  tenantSettings,
  type Setting,
} from '../tenancy/row-level-security/tenant-settings.js';
import {
  readTransactionOptions,
  type TenantTransactionOptions,
} from '../tenancy/row-level-security/transaction.options.js';
import { methodOf, type PrismaClientLike, type PrismaOperation } from './prisma-client.js';
import { prismaTransaction } from './prisma-transaction.js';

/**
 * Binds a client of Prisma to the current tenant. Each operation, raw ones included, runs in a
 * transaction of that tenant, and `$transaction(async (tx) => …)` runs in one. A
 * `$transaction(async …)` inside of another is part of it. Operations on the client itself are not,
 * as always with Prisma: use `tx`. Lists of operations are refused, and so is `$extends`: extend
 * the client first, then bind it.
 *
 * Prisma starts an operation when it is awaited. The tenant at that moment counts.
 *
 * @throws {PatronusConfigurationError} if the client cannot be bound
 * @example
 * const prisma = tenantPrisma(new PrismaClient({ adapter: new PrismaPg({ connectionString }) }), tenant);
 * await prisma.patient.findMany(); // throws tenant_required without a tenant
 */
export function tenantPrisma<Client extends PrismaClientLike>(
  client: Client,
  tenant: TenantContext,
  options: TenantTransactionOptions = {},
): Client {
  const settled = readTransactionOptions('tenantPrisma', options);
  const extended = methodOf(
    client,
    '$extends',
  )({
    name: 'patronus',
    query: {
      $allOperations: async ({ args, query }: PrismaOperation) => {
        const settings = tenantSettings(tenant, settled);
        const batch = [makeSettings(client, settings), query(args)];
        const results: unknown = await methodOf(client, '$transaction')(batch);
        const result: unknown = Array.isArray(results) ? results[1] : undefined;
        return result;
      },
    },
  });
  if (typeof extended !== 'object' || extended === null) {
    throw new PatronusConfigurationError(
      'tenantPrisma',
      'was given a client whose $extends returns no client.',
      'Give new PrismaClient({ … }).',
    );
  }
  const $transaction = prismaTransaction(client, tenant, settled, makeSettings);
  return new Proxy(client, {
    get(_client, name): unknown {
      if (name === '$transaction') return $transaction;
      if (name === '$extends') return refuseToExtend;
      const value: unknown = Reflect.get(extended, name);
      return typeof value === 'function' ? value.bind(extended) : value;
    },
  });
}

function makeSettings(client: object, settings: readonly Setting[]): unknown {
  return methodOf(client, '$executeRawUnsafe')(setSettings(settings), ...settingValues(settings));
}

function refuseToExtend(): never {
  throw new PatronusConfigurationError(
    'tenantPrisma',
    'was extended, and the extension would work outside of the tenant.',
    'Extend the client first, and pass the result to tenantPrisma.',
  );
}
