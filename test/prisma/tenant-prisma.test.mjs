import 'reflect-metadata';
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { tenantPrisma } from '@patronus/nestjs/prisma';
import { PrismaPg } from '@prisma/adapter-pg';
import { postgresBed, SEED } from '../data/tenant-database-bed.js';
import { tenantContext } from '../data/tenant-context.js';
import { PrismaClient } from './generated/client.js';

const LEFT_OVERS = `select concat(current_setting('app.tenant_id', true),
  current_setting('app.user_id', true), current_setting('app.role', true)) as left`;

describe('tenantPrisma', () => {
  let tenant;
  let bed;
  let client;
  let prisma;
  before(async () => {
    [tenant, bed] = await Promise.all([tenantContext(), postgresBed()]);
    const adapter = new PrismaPg({ connectionString: bed.url, max: 1 }, { onPoolError() {} });
    client = new PrismaClient({ adapter });
    prisma = tenantPrisma(client, tenant);
  });
  beforeEach(() => bed.admin(SEED));
  after(async () => {
    await client.$disconnect();
    await bed.close();
  });

  const inA = (work) => tenant.run('clinic-a', async () => work());
  const names = async () =>
    (await bed.admin('select name from patients order by id')).map(({ name }) => name);
  const idsOf = (rows) => rows.map(({ id }) => id).toSorted();

  it('reads the rows of its own tenant, where nothing says which', async () => {
    assert.deepEqual(idsOf(await inA(() => prisma.patient.findMany())), ['a1', 'a2']);
    assert.deepEqual(idsOf(await tenant.run('clinic-b', async () => prisma.patient.findMany())), [
      'b1',
    ]);
    assert.equal(await inA(() => prisma.patient.count()), 2);
    assert.equal(await inA(() => prisma.patient.findUnique({ where: { id: 'b1' } })), null);
  });

  it('reads them in raw SQL too', async () => {
    const rows = await inA(() => prisma.$queryRaw`select id from patients`);
    assert.deepEqual(idsOf(rows), ['a1', 'a2']);
    assert.deepEqual(idsOf(await inA(() => prisma.$queryRawUnsafe('select id from patients'))), [
      'a1',
      'a2',
    ]);
    assert.equal(await inA(() => prisma.$executeRaw`update patients set name = 'X'`), 2);
    assert.deepEqual(await names(), ['X', 'X', 'Barbara']);
  });

  it('changes and deletes the rows of its own tenant only', async () => {
    assert.deepEqual(await inA(() => prisma.patient.updateMany({ data: { name: 'X' } })), {
      count: 2,
    });
    assert.deepEqual(await names(), ['X', 'X', 'Barbara']);
    await assert.rejects(inA(() => prisma.patient.delete({ where: { id: 'b1' } })));
    assert.deepEqual(await inA(() => prisma.patient.deleteMany()), { count: 2 });
    assert.deepEqual(await names(), ['Barbara']);
  });

  it('adds and moves no row to another tenant', async () => {
    await inA(() =>
      prisma.patient.create({ data: { id: 'a3', tenantId: 'clinic-a', name: 'Ana' } }),
    );
    const forged = { id: 'b2', tenantId: 'clinic-b', name: 'Forged' };
    await assert.rejects(inA(() => prisma.patient.create({ data: forged })));
    await assert.rejects(inA(() => prisma.patient.updateMany({ data: { tenantId: 'clinic-b' } })));
    assert.deepEqual(await names(), ['Ada', 'Alan', 'Ana', 'Barbara']);
  });

  it('refuses where there is no tenant', async () => {
    const isRefusal = { code: 'tenant_required' };
    await assert.rejects(async () => prisma.patient.findMany(), isRefusal);
    await assert.rejects(async () => prisma.$queryRaw`select 1`, isRefusal);
    await assert.rejects(
      prisma.$transaction(async () => assert.fail('it ran')),
      isRefusal,
    );
  });

  it('runs a function in one transaction of the tenant', async () => {
    await inA(() =>
      prisma.$transaction(async (tx) => {
        await tx.patient.updateMany({ data: { name: 'X' } });
        const seen = await prisma.$transaction((inner) => inner.patient.findMany());
        assert.deepEqual(
          seen.map(({ name }) => name),
          ['X', 'X'],
        );
        assert.equal((await tx.$queryRaw`select id from patients`).length, 2);
      }),
    );
    assert.deepEqual(await names(), ['X', 'X', 'Barbara']);
  });

  it('rolls back all of it where it throws, or an inner one does', async () => {
    const failure = new Error('enough');
    const change = (tx) => tx.patient.updateMany({ data: { name: 'X' } });
    const throwing = async (tx) => {
      await change(tx);
      throw failure;
    };
    await assert.rejects(
      inA(() => prisma.$transaction(throwing)),
      failure,
    );
    const catching = async (tx) => {
      await change(tx);
      await prisma.$transaction(throwing).catch(() => {});
    };
    await assert.rejects(
      inA(() => prisma.$transaction(catching)),
      failure,
    );
    assert.deepEqual(await names(), ['Ada', 'Alan', 'Barbara']);
  });

  it('ends the transaction with the work', async () => {
    let kept;
    await inA(() => prisma.$transaction(async (tx) => void (kept = tx)));
    await assert.rejects(inA(async () => kept.patient.findMany()));
  });

  it('forgets the tenant with the transaction, and shows nothing past it', async () => {
    await inA(() => prisma.patient.findMany());
    await inA(() => prisma.$queryRaw`select 1/0`).catch(() => {});
    await inA(() => prisma.$transaction(async () => Promise.reject(new Error('no')))).catch(
      () => {},
    );
    assert.deepEqual(await client.$queryRawUnsafe(LEFT_OVERS), [{ left: '' }]);
    assert.deepEqual(await client.patient.findMany(), []);
  });

  it('never mixes tenants that take turns and fail', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 60 }, async (_, at) => {
        const id = at % 2 === 0 ? 'clinic-a' : 'clinic-b';
        return tenant.run(id, async () => {
          if (at % 3 === 0) await prisma.$queryRaw`select 1/0`.catch(() => {});
          const rows = await prisma.patient.findMany();
          return rows.length > 0 && rows.every(({ tenantId }) => tenantId === id);
        });
      }),
    );
    assert.equal(outcomes.every(Boolean), true);
  });

  it('refuses lists and further extensions', async () => {
    await inA(() =>
      assert.rejects(prisma.$transaction([prisma.patient.count()]), /Give a function/),
    );
    assert.throws(() => prisma.$extends({}), /Extend the client first/);
  });

  it('refuses what is no client', () => {
    assert.throws(() => tenantPrisma({}, tenant), { name: 'PatronusConfigurationError' });
  });
});
