import 'reflect-metadata';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { TenantContext } from '@patronus/nestjs';
import { tenantPrisma } from '@patronus/nestjs/prisma';
import { tenantContext } from './tenant-context.js';

/** Clients that Prisma does not generate; its own are tested in `test/prisma`. */
describe('tenantPrisma', () => {
  let tenant: TenantContext;
  beforeAll(async () => {
    tenant = await tenantContext();
  });

  const clientWith = (members: object): never => {
    const client = {
      $extends: () => client,
      $transaction: () => Promise.resolve(),
      $executeRawUnsafe: () => Promise.resolve(0),
      ...members,
    };
    return client as never;
  };

  it.each([undefined, null, 'client'])('refuses a client that extends to %j', (extended) => {
    const client = clientWith({ $extends: () => extended });
    expect(() => tenantPrisma(client, tenant)).toThrow('$extends returns no client');
  });

  it('returns no result of a transaction that was never begun', async () => {
    const prisma: { $transaction(work: () => Promise<string>): Promise<string> } = tenantPrisma(
      clientWith({}),
      tenant,
    );
    const committed = tenant.run('clinic-a', () => prisma.$transaction(async () => 'done'));
    await expect(committed).rejects.toThrow('committed a transaction that it did not begin');
  });
});
