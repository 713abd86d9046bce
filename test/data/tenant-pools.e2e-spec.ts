import 'reflect-metadata';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { assertDatabaseIsolation, TenantDatabase, TenantPools } from '@patronus/nestjs/postgres';
import type pg from 'pg';
import { until } from '../environment/until.js';
import { databaseUrl } from '../environment/services.js';
import { SeparateTenantsBed, TENANTS } from './separate-tenants-bed.js';

const withPostgres = databaseUrl() === undefined ? describe.skip : describe;

withPostgres('a database for each tenant: pools', () => {
  let bed: SeparateTenantsBed;
  beforeAll(async () => void (bed = await SeparateTenantsBed.start()));
  afterEach(() => bed.endTest());
  afterAll(() => bed.close());

  it('make one pool for a tenant, however many ask at once', async () => {
    const { pools, created } = bed.pools();
    const database = new TenantDatabase(pools, bed.tenant);
    await Promise.all(
      Array.from({ length: 20 }, () => bed.tenant.run('norte', () => database.query('select 1'))),
    );
    expect(created).toEqual(['norte']);
    expect(pools.size).toBe(1);
  });

  it('are no more than the limit: the least recently used one is closed for a further tenant', async () => {
    const { pools, created } = bed.pools({ max: 1 });
    let held: pg.Pool | undefined;
    await pools.use('norte', async (one) => {
      held = one;
      await expect(pools.use('sur', () => Promise.resolve())).rejects.toMatchObject({
        code: 'provider_unavailable',
        retryAfter: 1,
      });
      await one.query('select 1');
    });
    expect(created).toEqual(['norte']);
    await pools.use('sur', (one) => one.query('select 1'));
    expect(held?.ended).toBe(true);
    expect(pools.size).toBe(1);
    await pools.use('norte', (one) => one.query('select 1'));
    expect(created).toEqual(['norte', 'sur', 'norte']);
  });

  it('are closed once they are idle, and not while they are used', async () => {
    const { pools } = bed.pools({ idle: 1 });
    let held: pg.Pool | undefined;
    await pools.use('norte', async (one) => {
      held = one;
      await pools.use('norte', () => Promise.resolve());
      await one.query('select pg_sleep(1.5)');
    });
    expect(held?.ended).toBe(false);
    await until(0, () => pools.size);
    await until(true, () => held?.ended);
  });

  it('refuse what cannot be made, and try again', async () => {
    let failure: Error | undefined = new Error('s3cr3t: no such host');
    const shared = bed.bed.pool();
    const { pools } = bed.pools({
      create: async () => {
        if (failure !== undefined) throw failure;
        return shared;
      },
    });
    await expect(pools.use('norte', () => Promise.resolve(1))).rejects.toMatchObject({
      code: 'provider_unavailable',
      message: expect.not.stringContaining('s3cr3t'),
    });
    await until(0, () => pools.size);
    failure = undefined;
    expect(await pools.use('norte', () => Promise.resolve(1))).toBe(1);
    await expect(pools.use('sur', () => Promise.resolve(1))).rejects.toThrow(
      'TenantPools.create: returned one pool twice',
    );
  });

  it('end with the application, and are refused from then on', async () => {
    const { pools } = bed.pools();
    let held: pg.Pool | undefined;
    await pools.use('norte', async (one) => void (held = one));
    await pools.onModuleDestroy();
    expect(held?.ended).toBe(true);
    await expect(pools.use('norte', () => Promise.resolve())).rejects.toMatchObject({
      code: 'provider_unavailable',
    });
  });

  it.each<[string, object]>([
    ['TenantPools.create', {}],
    ['TenantPools.create', { create: 'postgres://' }],
    ['TenantPools.max', { create: () => undefined, max: 0 }],
    ['TenantPools.idle', { create: () => undefined, idle: -1 }],
    ['TenantPools.maximum', { create: () => undefined, maximum: 1 }],
  ])('cannot be made with a wrong %s', (path, options) => {
    expect(() => new TenantPools(options as never)).toThrow(expect.objectContaining({ path }));
  });

  it('are asserted: each tenant has a database of its own', async () => {
    await expect(assertDatabaseIsolation(bed.pools().pools, TENANTS)).resolves.toBeUndefined();
    const one = bed.pools({ create: () => bed.beds.get('norte')?.pool() }).pools;
    await expect(assertDatabaseIsolation(one, TENANTS)).rejects.toThrow(
      'sur: has the database of norte.',
    );
    await expect(assertDatabaseIsolation(bed.pools().pools, ['este'])).rejects.toMatchObject({
      code: 'tenant_unknown',
    });
  });
});
