import 'reflect-metadata';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  Controller,
  type DynamicModule,
  Get,
  Inject,
  type INestApplicationContext,
  Module,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { PatronusModule, TenantContext } from '@patronus/nestjs';
import { Pool, Query } from 'pg';
import { databaseUrl } from '../environment/services.js';
import { ADAPTERS } from './adapters.js';
import { ask } from './ask.js';
import { listen } from './listening-app.js';
import { TokenTableProvider } from './token-table.provider.js';

const url = databaseUrl();

@Module({
  imports: [PatronusModule.forRoot({ identityProvider: new TokenTableProvider(), tenancy: {} })],
})
class EmptyModule {}

const POOL = Symbol('pool');
const REPORTS = Symbol('reports');

const provided = (pool: Pool) => ({ provide: POOL, useFactory: () => pool });

@Module({})
class PoolModule {
  static of(pool: Pool, wiring: Pick<DynamicModule, 'global' | 'providers'> = {}): DynamicModule {
    return {
      module: PoolModule,
      providers: [provided(pool)],
      ...wiring,
    };
  }
}

const WIRINGS: readonly [string, (pool: Pool) => DynamicModule][] = [
  ['by a factory', (pool) => PoolModule.of(pool)],
  ['as a value', (pool) => PoolModule.of(pool, { providers: [{ provide: Pool, useValue: pool }] })],
  [
    'by a factory that is waited for, in a global module',
    (pool) =>
      PoolModule.of(pool, {
        global: true,
        providers: [{ provide: Pool, useFactory: () => Promise.resolve(pool) }],
      }),
  ],
  [
    'under several tokens',
    (pool) =>
      PoolModule.of(pool, {
        providers: [
          { provide: Pool, useFactory: () => pool },
          { provide: REPORTS, useFactory: () => pool },
          { provide: POOL, useExisting: Pool },
        ],
      }),
  ],
];

@Controller()
class SlowController {
  constructor(
    @Inject(POOL) private readonly pool: Pool,
    private readonly tenant: TenantContext,
  ) {}

  @Get('slow') slow(): Promise<object> {
    return new Promise((resolve) => {
      this.pool.query('select pg_sleep(0.001)', () => resolve({ tenant: this.tenant.idOrNull }));
    });
  }
}

(url === undefined ? describe.skip : describe)('the callbacks of a pool that is a provider', () => {
  const apps: INestApplicationContext[] = [];
  let pool: Pool;
  beforeEach(() => {
    pool = new Pool({ connectionString: url, max: 1 });
  });
  afterEach(async () => {
    await Promise.all(apps.splice(0).map((app) => app.close()));
    await pool.end();
  });

  async function start(module: DynamicModule): Promise<TenantContext> {
    const app = await NestFactory.createApplicationContext(
      { module: EmptyModule, imports: [module] },
      { abortOnError: false, logger: false },
    );
    apps.push(app);
    return app.get(TenantContext);
  }

  /** Returns the tenant that a callback reads, or the code of its error. */
  function readBy(tenant: TenantContext): unknown {
    try {
      return tenant.id;
    } catch (error) {
      return error instanceof Error && 'code' in error ? error.code : error;
    }
  }

  /** Waits in the queue for the connection, and returns the tenant that each callback read. */
  function seenInLine(tenant: TenantContext): Promise<unknown[]> {
    return new Promise((resolve, reject) => {
      pool.connect((error, client, release) => {
        const seen = [readBy(tenant)];
        if (client === undefined) return reject(new Error('no connection', { cause: error }));
        client.query('select 1', () => {
          release();
          pool.query('select 1', () => resolve([...seen, readBy(tenant)]));
        });
      });
    });
  }

  /** Work of two tenants, and of none, while a third has the connection. */
  async function seenByEach(tenant: TenantContext): Promise<unknown[][]> {
    const held = await tenant.run('este', () => pool.connect());
    const seen = [
      tenant.run('norte', () => seenInLine(tenant)),
      tenant.run('sur', () => seenInLine(tenant)),
      seenInLine(tenant),
    ];
    tenant.run('este', () => held.release());
    return Promise.all(seen);
  }

  const OWN = [
    ['norte', 'norte'],
    ['sur', 'sur'],
    ['tenant_required', 'tenant_required'],
  ];

  it.each(WIRINGS)('see the tenant that asked where it is provided %s', async (_how, module) => {
    expect(await seenByEach(await start(module(pool)))).toEqual(OWN);
  });

  it('see that of their neighbours where it is no provider', async () => {
    const [norte] = await seenByEach(await start(PoolModule.of(pool, { providers: [] })));
    expect(norte).toContain('este');
  });

  it('are bound once, also where two applications share the pool, and one of them closes', async () => {
    await start(PoolModule.of(pool));
    const { connect, query } = pool;
    const tenant = await start(PoolModule.of(pool));
    expect([pool.connect, pool.query]).toEqual([connect, query]);
    await apps.shift()?.close();
    expect(await seenByEach(tenant)).toEqual(OWN);
  });

  it('see none where nobody can tell whose they are: events of what is shared', async () => {
    const tenant = await start(PoolModule.of(pool));
    const seen: unknown[] = [];
    const see = () => void seen.push(readBy(tenant));
    pool.on('connect', see);
    const client = await tenant.run('este', () => pool.connect());
    await tenant.run('norte', async () => {
      const query = new Query('select 1');
      query.on('row', see);
      client.query(query);
      await once(query, 'end');
    });
    client.release();
    expect(seen).toEqual(['tenant_required', 'tenant_required']);
  });

  it('see none on a connection that takes the place of a broken one', async () => {
    const tenant = await start(PoolModule.of(pool));
    const seen: unknown[] = [];
    pool.on('connect', () => seen.push(readBy(tenant)));
    const held = await tenant.run('este', () => pool.connect());
    held.on('error', () => {});
    const ended = new Promise<void>((resolve) => held.on('end', () => resolve()));
    await expect(held.query('select pg_terminate_backend(pg_backend_pid())')).rejects.toThrow();
    await ended;
    const waiting = tenant.run('norte', () => seenInLine(tenant));
    tenant.run('este', () => held.release(true));
    expect(await waiting).toEqual(['norte', 'norte']);
    expect(seen).toEqual(['tenant_required', 'tenant_required']);
  });

  it.each(ADAPTERS)('see the tenant of their request, on %s', async (_name, adapter) => {
    @Module({ imports: [EmptyModule], controllers: [SlowController], providers: [provided(pool)] })
    class SlowModule {}
    const on = await listen(SlowModule, adapter());
    apps.push(on.app);
    const tenants = Array.from({ length: 20 }, (_, index) => `clinic-${index % 4}`);
    const answers = await Promise.all(tenants.map((id) => ask(on, 'slow', `ana.${id}`)));
    expect(answers.map(({ body }) => body)).toEqual(tenants.map((tenant) => ({ tenant })));
  });
});
