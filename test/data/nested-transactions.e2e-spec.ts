import 'reflect-metadata';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { PGlite } from '@electric-sql/pglite';
import { PatronusConfigurationError, type TenantContext } from '@patronus/nestjs';
import { tenantDataSource } from '@patronus/nestjs/typeorm';
import { tenantKysely } from '@patronus/nestjs/kysely';
import { Kysely, PostgresDialect } from 'kysely';
import type pg from 'pg';
import { DataSource } from 'typeorm';
import { databaseUrl } from '../environment/services.js';
import {
  drizzleHandle,
  kyselyHandle,
  type PatientHandle,
  postgresHandle,
} from './patient-handles.js';
import {
  type PatientRow,
  type PGliteBed,
  pgliteBed,
  type PostgresBed,
  postgresBed,
  SEED,
} from './tenant-database-bed.js';
import { tenantContext } from './tenant-context.js';

type Make = (database: pg.Pool | PGlite, tenant: TenantContext, role?: string) => PatientHandle;

const MAKE: Readonly<Record<string, Make>> = {
  TenantDatabase: postgresHandle,
  tenantDrizzle: drizzleHandle,
  tenantKysely: kyselyHandle,
};
const PAIRS = Object.keys(MAKE).flatMap((outer) =>
  Object.keys(MAKE).flatMap((inner) => (outer === inner ? [] : [[outer, inner] as const])),
);

const onPostgres = databaseUrl() === undefined ? describe.skip : describe;

let tenant: TenantContext;
beforeAll(async () => {
  tenant = await tenantContext();
});

/** Renames in the outer transaction, and lists in the inner one. */
function nested(outer: PatientHandle, inner: PatientHandle): Promise<readonly PatientRow[]> {
  return tenant.run('clinic-a', () =>
    outer.transaction(async (patients) => {
      await patients.renameAll('X');
      return inner.transaction((others) => others.list());
    }),
  );
}

async function expectRefused(outer: PatientHandle, inner: PatientHandle): Promise<void> {
  const refused = nested(outer, inner);
  await expect(refused).rejects.toThrow(PatronusConfigurationError);
  await expect(refused).rejects.toThrow(
    'open transactions around it hold every one of the pool (max 1): it would never begin. Use the client of the transaction that is open',
  );
  // No lock is held any more, and nothing was committed.
  for (const handle of [outer, inner]) {
    const rows = await tenant.run('clinic-a', () => handle.transaction((one) => one.list()));
    expect(rows.map(({ name }) => name)).toEqual(['Ada', 'Alan']);
  }
}

onPostgres('transactions of two libraries on a pool', () => {
  let bed: PostgresBed;
  beforeAll(async () => {
    bed = await postgresBed();
  });
  beforeEach(() => bed.admin(SEED));
  afterAll(() => bed.close());

  it.each(PAIRS)('of one connection say so, and do not hang: %s, then %s', async (outer, inner) => {
    const pool = bed.pool({ max: 1 });
    tenant.bindPool(pool);
    const [one, other] = [MAKE[outer]?.(pool, tenant), MAKE[inner]?.(pool, tenant)];
    if (one === undefined || other === undefined) throw new Error('no such handle');
    await expectRefused(one, other);
  });

  it('begin where another connection is free', async () => {
    const pool = bed.pool({ max: 2 });
    const [one, other] = [postgresHandle(pool, tenant), drizzleHandle(pool, tenant)];
    expect((await nested(one, other)).map(({ name }) => name)).toEqual(['Ada', 'Alan']);
    expect(pool.idleCount).toBe(2);
  });

  it('say so for a query on the pool itself', async () => {
    const pool = bed.pool({ max: 1 });
    const handle = postgresHandle(pool, tenant);
    const asked = tenant.run('clinic-a', () =>
      handle.transaction(() => pool.query('select 1').then(() => [])),
    );
    await expect(asked).rejects.toThrow('hold every one of the pool (max 1)');
    const called = tenant.run('clinic-a', () =>
      handle.transaction(
        () => new Promise((resolve) => pool.query('select 1', (error) => resolve(error))),
      ),
    );
    expect(await called).toBeInstanceOf(PatronusConfigurationError);
  });

  it('are one, where two handles were made of one database', async () => {
    const pool = bed.pool({ max: 1 });
    const [one, other] = [postgresHandle(pool, tenant), postgresHandle(pool, tenant)];
    expect((await nested(one, other)).map(({ name }) => name)).toEqual(['X', 'X']);

    const kysely = new Kysely<{ patients: PatientRow }>({ dialect: new PostgresDialect({ pool }) });
    const [first, second] = [tenantKysely(kysely, tenant), tenantKysely(kysely, tenant)];
    const rows = await tenant.run('clinic-a', () =>
      first.transaction(() =>
        second.transaction((trx) => trx.selectFrom('patients').selectAll().execute()),
      ),
    );
    expect(rows).toHaveLength(2);

    const source = new DataSource({ type: 'postgres', url: bed.url, extra: { max: 1 } });
    await source.initialize();
    const [outer, inner] = [tenantDataSource(source, tenant), tenantDataSource(source, tenant)];
    const counted: unknown = await tenant.run('clinic-a', () =>
      outer.transaction(() => inner.transaction((manager) => manager.query('select 1 as one'))),
    );
    expect(counted).toEqual([{ one: 1 }]);
    const outside = tenant.run('clinic-a', () =>
      outer.transaction(() => source.query('select 1 as one')),
    );
    await expect(outside).rejects.toThrow('hold every one of the pool (max 1)');
    await source.destroy();
  });

  it('are refused as one where their roles differ', async () => {
    const pool = bed.pool({ max: 1 });
    const [one, other] = [postgresHandle(pool, tenant), postgresHandle(pool, tenant, bed.role)];
    await expect(nested(one, other)).rejects.toMatchObject({
      code: 'tenant_mismatch',
      reason: expect.stringContaining('tenant, user or role'),
    });
  });
});

describe('transactions of two libraries on a PGlite', () => {
  let bed: PGliteBed;
  beforeAll(async () => {
    bed = await pgliteBed();
  });
  beforeEach(() => bed.admin(SEED));
  afterAll(() => bed.close());

  it.each(PAIRS)('say so, and do not hang: %s, then %s', async (outer, inner) => {
    const { pglite, role } = bed;
    tenant.bindPool(pglite);
    const [one, other] = [MAKE[outer]?.(pglite, tenant, role), MAKE[inner]?.(pglite, tenant, role)];
    if (one === undefined || other === undefined) throw new Error('no such handle');
    await expectRefused(one, other);
  });
});
