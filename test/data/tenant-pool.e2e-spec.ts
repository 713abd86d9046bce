import 'reflect-metadata';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TenantContext } from '@patronus/nestjs';
import { tenantDrizzle } from '@patronus/nestjs/drizzle';
import { drizzle } from 'drizzle-orm/node-postgres';
import { ClsServiceManager } from 'nestjs-cls';
import pg from 'pg';
import { databaseUrl } from '../environment/services.js';
import {
  drizzleHandle,
  kyselyHandle,
  postgresHandle,
  typeormHandle,
  type PatientHandle,
  type Patients,
} from './patient-handles.js';
import { postgresBed, SEED, type PostgresBed } from './tenant-database-bed.js';
import { tenantContext } from './tenant-context.js';

type Make = (
  bed: PostgresBed,
  tenant: TenantContext,
  config: pg.PoolConfig,
) => Promise<PatientHandle>;

const MAKES: readonly [string, Make][] = [
  ['pg', async (bed, tenant, config) => postgresHandle(bed.pool(config), tenant)],
  ['Drizzle', async (bed, tenant, config) => drizzleHandle(bed.pool(config), tenant)],
  ['Kysely', async (bed, tenant, config) => kyselyHandle(listened(bed.pool(config)), tenant)],
  ['TypeORM', (bed, tenant, config) => typeormHandle(bed.url, tenant, config)],
];

const withPostgres = databaseUrl() === undefined ? describe.skip : describe;

withPostgres.each(MAKES)('a pool that tenants share: %s', (_name, make) => {
  let tenant: TenantContext;
  let bed: PostgresBed;
  const handles: PatientHandle[] = [];
  beforeAll(async () => {
    [tenant, bed] = await Promise.all([tenantContext(), postgresBed()]);
  });
  beforeEach(() => bed.admin(SEED));
  afterAll(async () => {
    await Promise.all(handles.map((handle) => handle.close()));
    await bed.close();
  });

  async function open(config: pg.PoolConfig): Promise<PatientHandle> {
    const handle = await make(bed, tenant, config);
    handles.push(handle);
    return handle;
  }

  it('shows nothing to a statement past the helper', async () => {
    const handle = await open({ max: 1 });
    await tenant.run('clinic-a', () => handle.transaction((patients) => patients.list()));
    expect(await handle.outside('select * from patients')).toEqual([]);
    await expect(
      handle.outside("insert into patients values ('x', 'clinic-a', 'X')"),
    ).rejects.toThrow('row-level security');
  });

  it('never mixes tenants that take turns, fail, throw, and are cancelled', async () => {
    const handle = await open({ max: 2, statement_timeout: 40 });
    const ends: ((patients: Patients) => Promise<unknown>)[] = [
      () => Promise.resolve(),
      (patients) => patients.run('select 1/0'),
      () => Promise.reject(new Error('thrown')),
      (patients) => patients.run('select pg_sleep(5)'),
      (patients) => patients.add({ id: 'x', tenant_id: 'clinic-c', name: 'X' }),
      // Not awaited: it runs in the transaction, or not at all.
      async (patients) => void patients.list().catch(() => {}),
    ];
    const outcomes = await Promise.all(
      Array.from({ length: 240 }, async (_, at) => {
        const letter = at % 2 === 0 ? 'a' : 'b';
        const seen: string[] = [];
        const end = await tenant.run(`clinic-${letter}`, () =>
          handle
            .transaction(async (patients) => {
              seen.push(...(await patients.list()).map((row) => row.tenant_id));
              await ends[(at >> 1) % ends.length]!(patients);
              seen.push(...(await patients.list()).map((row) => row.tenant_id));
            })
            .then(
              () => 'committed',
              () => 'failed',
            ),
        );
        return { end, seen, foreign: seen.filter((id) => id !== `clinic-${letter}`) };
      }),
    );
    expect(outcomes.flatMap(({ foreign }) => foreign)).toEqual([]);
    expect(outcomes.filter(({ seen }) => seen.length === 0)).toEqual([]);
    expect(outcomes.filter(({ end }) => end === 'committed')).toHaveLength(80);
    expect(await handle.outside('select * from patients')).toEqual([]);
  });

  it('outlives an exhausted pool', async () => {
    const handle = await open({ max: 1, connectionTimeoutMillis: 50 });
    const rejected = await tenant.run('clinic-a', () =>
      handle.transaction(async (patients) => {
        const other = tenant.bind(() => handle.transaction((inner) => inner.list()));
        await patients.list();
        return other();
      }),
    );
    expect(rejected).toHaveLength(2);

    let release = (): void => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    let taken = (): void => {};
    const isTaken = new Promise<void>((resolve) => (taken = resolve));
    const first = tenant.run('clinic-a', () =>
      handle.transaction(async (patients) => {
        taken();
        await held;
        return patients.list();
      }),
    );
    await isTaken;
    const second = tenant.run('clinic-b', () => handle.transaction((patients) => patients.list()));
    await expect(second).rejects.toThrow('timeout');
    release();
    expect((await first).map(({ id }) => id)).toEqual(['a1', 'a2']);
  });

  it('refuses another tenant inside of an open transaction', async () => {
    const handle = await open({ max: 2 });
    await expect(
      tenant.run('clinic-a', () =>
        handle.transaction(() =>
          // As TenantContext.crossTenant would, which needs a caller with the permission.
          leave(() => tenant.run('clinic-b', () => handle.transaction((inner) => inner.list()))),
        ),
      ),
    ).rejects.toMatchObject({ code: 'tenant_mismatch' });
  });

  it('outlives a connection that the server ends in a transaction', async () => {
    const handle = await open({ max: 1 });
    const ended = tenant.run('clinic-a', () =>
      handle.transaction(async (patients) => {
        await patients.renameAll('X');
        await bed.admin(
          `select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = '${bed.role}'`,
        );
        return patients.list();
      }),
    );
    await expect(ended).rejects.toThrow();
    expect(
      await tenant.run('clinic-a', () => handle.transaction((patients) => patients.list())),
    ).toContainEqual({ id: 'a1', tenant_id: 'clinic-a', name: 'Ada' });
  });

  it('gives no connection back whose rollback failed', async () => {
    const handle = await open({ max: 1, Client: Unroll });
    const before = await handle.outside('select pg_backend_pid() as pid');
    await expect(
      tenant.run('clinic-a', () => handle.transaction(() => Promise.reject(new Error('thrown')))),
    ).rejects.toThrow();
    expect(await handle.outside('select pg_backend_pid() as pid')).not.toEqual(before);
  });
});

/** Listens as the documentation of tenantKysely says: Kysely does not listen itself. */
function listened(pool: pg.Pool): pg.Pool {
  return pool.on('connect', (client) => client.on('error', () => {}));
}

/** Runs work outside of the scope of the running work. */
function leave<Result>(work: () => Result): Result {
  return ClsServiceManager.getClsService().exit(work);
}

/** Connection of which every rollback fails. */
class Unroll extends pg.Client {
  constructor(config?: pg.ClientConfig) {
    super(config);
    const query = this.query.bind(this);
    Reflect.set(this, 'query', (...args: unknown[]): unknown => {
      const [text] = args;
      const statement: unknown =
        typeof text === 'object' && text !== null ? Reflect.get(text, 'text') : text;
      if (!/^rollback$/i.test(String(statement))) return Reflect.apply(query, undefined, args);
      const error = new Error('the rollback failed');
      const callback = args.at(-1);
      if (typeof callback !== 'function') return Promise.reject(error);
      process.nextTick(callback, error);
      return undefined;
    });
  }
}

withPostgres('Drizzle on a single connection', () => {
  it('is refused: tenants would share it', async () => {
    const bed = await postgresBed();
    const tenant = await tenantContext();
    const client = new pg.Client({ connectionString: bed.url });
    await client.connect();
    const handle = tenantDrizzle(drizzle(client), tenant);
    await expect(
      tenant.run('clinic-a', () => handle.transaction(() => Promise.resolve())),
    ).rejects.toThrow('single connection');
    await client.end();
    await bed.close();
  });
});
