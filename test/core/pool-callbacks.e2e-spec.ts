import 'reflect-metadata';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Module } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { PatronusModule, TenantContext } from '@patronus/nestjs';
import { TenantDatabase } from '@patronus/nestjs/postgres';
import { Pool, type PoolClient } from 'pg';
import { databaseUrl } from '../environment/services.js';
import { listen, type ListeningApp } from './listening-app.js';
import { TokenTableProvider } from './token-table.provider.js';

const url = databaseUrl();

@Module({
  imports: [PatronusModule.forRoot({ identityProvider: new TokenTableProvider(), tenancy: {} })],
})
class EmptyModule {}

(url === undefined ? describe.skip : describe)('the callbacks of a real pool', () => {
  let on: ListeningApp;
  let tenant: TenantContext;
  let pool: Pool;
  let held: PoolClient;
  beforeAll(async () => {
    on = await listen(EmptyModule, new ExpressAdapter());
    tenant = on.app.get(TenantContext);
  });
  beforeEach(async () => {
    pool = new Pool({ connectionString: url, max: 1 });
    held = await tenant.run('sur', () => pool.connect());
  });
  afterEach(() => pool.end());
  afterAll(() => on.app.close());

  /**
   * Requests the connection, and returns the tenants that its callback and that of its query see.
   */
  function seenByCallbacks(
    bind: <Args extends unknown[]>(callback: (...args: Args) => void) => (...args: Args) => void,
  ): Promise<(string | null)[]> {
    return new Promise((resolve, reject) => {
      pool.connect(
        bind((error: Error | undefined, client: PoolClient | undefined, release: () => void) => {
          const seen = [tenant.idOrNull];
          if (client === undefined) return reject(new Error('no connection', { cause: error }));
          client.query(
            'select 1',
            bind(() => {
              seen.push(tenant.idOrNull);
              release();
              resolve(seen);
            }),
          );
        }),
      );
    });
  }

  async function seenByPromises(): Promise<(string | null)[]> {
    const client = await pool.connect();
    const seen = [tenant.idOrNull];
    await client.query('select 1');
    seen.push(tenant.idOrNull);
    client.release();
    return seen;
  }

  it('see the tenant that asked, where they are bound to it', async () => {
    const seen = tenant.run('norte', () => seenByCallbacks((callback) => tenant.bind(callback)));
    tenant.run('sur', () => held.release());
    expect(await seen).toEqual(['norte', 'norte']);
  });

  it('see the tenant of whoever released or opened the connection, where they are not', async () => {
    const seen = tenant.run('norte', () => seenByCallbacks((callback) => callback));
    tenant.run('este', () => held.release());
    expect(await seen).toEqual(['este', 'sur']);
  });

  it('see the tenant that asked, where the pool is bound', async () => {
    tenant.bindPool(pool);
    const seen = tenant.run('norte', () => seenByCallbacks((callback) => callback));
    tenant.run('este', () => held.release());
    expect(await seen).toEqual(['norte', 'norte']);
  });

  it('see none where they were given outside of every tenant, and throw', async () => {
    void new TenantDatabase(pool, tenant);
    const outcome = new Promise((resolve) => {
      pool.query('select 1', () => {
        try {
          resolve(tenant.id);
        } catch (error) {
          resolve(error);
        }
      });
    });
    tenant.run('este', () => held.release());
    expect(await outcome).toMatchObject({ code: 'tenant_required' });
  });

  it('are bound on connections that promises hand out, too', async () => {
    tenant.bindPool(pool);
    const lent = tenant.run('norte', () => pool.connect());
    tenant.run('este', () => held.release());
    const client = await lent;
    const seen = tenant.run(
      'norte',
      () =>
        new Promise((resolve) => {
          client.query('select 1', () => resolve(tenant.idOrNull));
        }),
    );
    expect(await seen).toBe('norte');
    client.release();
  });

  it('are not needed: promises see the tenant that asked', async () => {
    const seen = tenant.run('norte', () => seenByPromises());
    tenant.run('este', () => held.release());
    expect(await seen).toEqual(['norte', 'norte']);
  });

  it('see no tenant where whoever released the connection has none', async () => {
    const seen = tenant.run('norte', () => seenByCallbacks((callback) => callback));
    held.release();
    expect(await seen).toEqual([null, 'sur']);
  });

  it('throw among neighbours where they say whose work it is', async () => {
    const outcome = tenant.run(
      'norte',
      () =>
        new Promise((resolve) => {
          pool.connect((_error, _client, release) => {
            try {
              resolve(tenant.run('norte', () => tenant.id));
            } catch (error) {
              resolve(error);
            } finally {
              release();
            }
          });
        }),
    );
    tenant.run('este', () => held.release());
    expect(await outcome).toMatchObject({ code: 'tenant_mismatch' });
  });
});
