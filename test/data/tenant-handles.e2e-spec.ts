import 'reflect-metadata';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TenantContext } from '@patronus/nestjs';
import { databaseUrl } from '../environment/services.js';
import {
  drizzleHandle,
  kyselyHandle,
  postgresHandle,
  typeormHandle,
  type PatientHandle,
  type Patients,
} from './patient-handles.js';
import { pgliteBed, postgresBed, SEED, type Bed } from './tenant-database-bed.js';
import { tenantContext } from './tenant-context.js';

type Opened = { bed: Bed; handle: PatientHandle };
type Open = (tenant: TenantContext) => Promise<Opened>;

const ON_A_POOL: readonly [string, Open][] = [
  ['pg', onPool((bed, tenant) => postgresHandle(bed.pool({ max: 1 }), tenant))],
  ['Drizzle on pg', onPool((bed, tenant) => drizzleHandle(bed.pool({ max: 1 }), tenant))],
  ['Kysely on pg', onPool((bed, tenant) => kyselyHandle(bed.pool({ max: 1 }), tenant))],
  ['TypeORM on pg', onPool((bed, tenant) => typeormHandle(bed.url, tenant, { max: 1 }))],
  [
    'TypeORM on pg, of which only the query runners are given',
    onPool((bed, tenant) =>
      typeormHandle(bed.url, tenant, { max: 1 }, (source) => ({
        createQueryRunner: () => source.createQueryRunner(),
      })),
    ),
  ],
];

const ON_PGLITE: readonly [string, Open][] = [
  ['PGlite', onPGlite(postgresHandle)],
  ['Drizzle on PGlite', onPGlite(drizzleHandle)],
  ['Kysely on PGlite', onPGlite(kyselyHandle)],
];

const opens = databaseUrl() === undefined ? ON_PGLITE : [...ON_A_POOL, ...ON_PGLITE];

describe.each(opens)('a tenant-bound handle: %s', (_name, open) => {
  let tenant: TenantContext;
  let bed: Bed;
  let handle: PatientHandle;
  beforeAll(async () => {
    tenant = await tenantContext();
    ({ bed, handle } = await open(tenant));
  });
  beforeEach(() => bed.admin(SEED));
  afterAll(async () => {
    await handle.close();
    await bed.close();
  });

  const inA: PatientHandle['transaction'] = (work) =>
    tenant.run('clinic-a', () => handle.transaction(work));
  const all = () => bed.admin('select * from patients order by id');
  const names = async () => (await all()).map(({ name }) => name);

  it('reads the rows of its own tenant, where nothing says which', async () => {
    expect(await inA((patients) => patients.list())).toEqual([
      { id: 'a1', tenant_id: 'clinic-a', name: 'Ada' },
      { id: 'a2', tenant_id: 'clinic-a', name: 'Alan' },
    ]);
    expect(
      await tenant.run('clinic-b', () => handle.transaction((patients) => patients.list())),
    ).toHaveLength(1);
  });

  it('changes the rows of its own tenant only', async () => {
    await inA((patients) => patients.renameAll('X'));
    expect(await names()).toEqual(['X', 'X', 'Barbara']);
  });

  it('deletes the rows of its own tenant only', async () => {
    await inA((patients) => patients.removeAll());
    expect(await names()).toEqual(['Barbara']);
  });

  it('adds a row to its own tenant, and none to another', async () => {
    await inA((patients) => patients.add({ id: 'a3', tenant_id: 'clinic-a', name: 'Ana' }));
    await expect(
      inA((patients) => patients.add({ id: 'b2', tenant_id: 'clinic-b', name: 'Forged' })),
    ).rejects.toThrow();
    expect(await names()).toEqual(['Ada', 'Alan', 'Ana', 'Barbara']);
  });

  it('moves no row to another tenant', async () => {
    await expect(inA((patients) => patients.moveAll('clinic-b'))).rejects.toThrow();
    expect(await all()).toContainEqual({ id: 'a1', tenant_id: 'clinic-a', name: 'Ada' });
  });

  it('refuses where there is no tenant, before anything runs', async () => {
    let ran = false;
    await expect(
      handle.transaction(() => {
        ran = true;
        return Promise.resolve();
      }),
    ).rejects.toMatchObject({ code: 'tenant_required' });
    expect(ran).toBe(false);
  });

  it('takes the tenant of the call', async () => {
    const asked = inA((patients) => patients.list());
    const inB = await tenant.run('clinic-b', () => asked);
    expect(inB.map(({ id }) => id)).toEqual(['a1', 'a2']);
  });

  it('rolls back where the work throws, and says why', async () => {
    const failure = new Error('enough');
    await expect(
      inA(async (patients) => {
        await patients.renameAll('X');
        throw failure;
      }),
    ).rejects.toBe(failure);
    expect(await names()).toEqual(['Ada', 'Alan', 'Barbara']);
  });

  it('runs a transaction in a transaction as one, with one connection', async () => {
    const seen = await inA(async (patients) => {
      await patients.renameAll('X');
      return Promise.all([1, 2, 3].map(() => handle.transaction((inner) => inner.list())));
    });
    expect(seen.flat().map(({ name }) => name)).toEqual(['X', 'X', 'X', 'X', 'X', 'X']);
  });

  it('rolls back all of it where the inner one fails, even if that is caught', async () => {
    const failure = new Error('inner');
    await expect(
      inA(async (patients) => {
        await patients.renameAll('X');
        await handle.transaction(() => Promise.reject(failure)).catch(() => {});
      }),
    ).rejects.toBe(failure);
    expect(await names()).toEqual(['Ada', 'Alan', 'Barbara']);
  });

  it('ends the transaction with the work: what was kept of it is of no use', async () => {
    const kept = await inA((patients) => Promise.resolve(patients));
    await expect(
      tenant.run('clinic-b', () =>
        handle.transaction(async (patients) => {
          await patients.list();
          return kept.list();
        }),
      ),
    ).rejects.toThrow();
    expect((await inA((patients) => patients.list())).length).toBe(2);
  });

  it('commits nothing where a statement failed, even if its error is swallowed', async () => {
    await expect(
      inA(async (patients) => {
        await patients.renameAll('X');
        await patients.run('select 1/0').catch(() => {});
      }),
    ).rejects.toThrow();
    expect(await names()).toEqual(['Ada', 'Alan', 'Barbara']);
  });

  it.each([
    ['commits', (patients: Patients) => patients.list()],
    ['fails', (patients: Patients) => patients.run('select 1/0')],
    ['throws', () => Promise.reject(new Error('thrown'))],
    ['is cancelled', (patients: Patients) => cancelled(patients)],
  ])('forgets tenant, user and role with a transaction that %s', async (_how, work) => {
    await inA<unknown>(work).catch(() => {});
    expect(await handle.outside(LEFT_OVERS)).toEqual([{ left: '' }]);
  });
});

const LEFT_OVERS = `select concat(current_setting('app.tenant_id', true),
  current_setting('app.user_id', true), current_setting('app.role', true),
  nullif(current_setting('role'), 'none')) as left`;

/** Cancels a statement. PGlite cannot cancel: there the statement fails by itself. */
async function cancelled(patients: Patients): Promise<unknown> {
  await patients.run("set local statement_timeout = '5ms'");
  return patients.run('select pg_sleep(1), 1/0');
}

function onPool(
  make: (
    bed: Awaited<ReturnType<typeof postgresBed>>,
    tenant: TenantContext,
  ) => PatientHandle | Promise<PatientHandle>,
): Open {
  return async (tenant) => {
    const bed = await postgresBed();
    return { bed, handle: await make(bed, tenant) };
  };
}

function onPGlite(
  make: (
    pglite: Awaited<ReturnType<typeof pgliteBed>>['pglite'],
    tenant: TenantContext,
    role: string,
  ) => PatientHandle,
): Open {
  return async (tenant) => {
    const bed = await pgliteBed();
    return { bed, handle: make(bed.pglite, tenant, bed.role) };
  };
}
