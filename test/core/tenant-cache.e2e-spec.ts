import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CacheKey, CacheModule } from '@nestjs/cache-manager';
import { Controller, Get, Module, Param, Post, UseInterceptors } from '@nestjs/common';
import {
  CachedFor,
  CurrentTenant,
  CurrentUser,
  type Identity,
  OptionalAuth,
  PatronusModule,
  TenantCache,
  TenantCacheInterceptor,
  TenantContext,
  TenantOptional,
} from '@patronus/nestjs';
import { ADAPTERS } from './adapters.js';
import { ask } from './ask.js';
import { listen, type ListeningApp } from './listening-app.js';
import { TokenTableProvider } from './token-table.provider.js';

let made = 0;

@Controller()
@UseInterceptors(TenantCacheInterceptor)
class CachedController {
  constructor(
    private readonly cache: TenantCache,
    private readonly tenant: TenantContext,
  ) {}

  @Get('mine/:id') mine(@CurrentUser() user: Identity, @CurrentTenant() tenant: string) {
    return { for: `${user.id} of ${tenant}`, made: ++made };
  }
  @Get('ours') @CachedFor('tenant') ours(@CurrentTenant() tenant: string) {
    return { for: tenant, made: ++made };
  }
  @Get('all') @CachedFor('everyone') @TenantOptional() all() {
    return { for: 'all', made: ++made };
  }
  @Get('maybe') @OptionalAuth() maybe(@CurrentUser() user?: Identity) {
    return { for: user?.id ?? 'nobody', made: ++made };
  }
  @Get('named') @CacheKey('name') named(@CurrentTenant() tenant: string) {
    return { for: tenant, made: ++made };
  }
  @Post('named') @CacheKey('name') rename() {
    return { for: 'nobody', made: ++made };
  }
  @Get('nowhere') @CachedFor('tenant') @TenantOptional() nowhere(@CurrentUser() user: Identity) {
    return { for: user.id, made: ++made };
  }
  @Get('wrapped/:key') async wrapped(@Param('key') key: string) {
    return { for: await this.cache.wrap(key, () => this.tenant.id), made: ++made };
  }
}

@Module({
  imports: [
    PatronusModule.forRoot({ identityProvider: new TokenTableProvider(), tenancy: {} }),
    CacheModule.register({ ttl: 60_000 }),
  ],
  controllers: [CachedController],
  providers: [TenantCache],
})
class CachedModule {}

describe.each(ADAPTERS)('the cache of tenants, on %s', (_name, adapter) => {
  let on: ListeningApp;
  beforeAll(async () => {
    on = await listen(CachedModule, adapter());
  });
  afterAll(() => on.app.close());

  async function get(path: string, token?: string) {
    const { body } = await ask(on, path, token);
    return body as { for: string; made: number };
  }
  async function isKept(path: string, token?: string): Promise<boolean> {
    return (await get(path, token)).made === (await get(path, token)).made;
  }

  it('keeps an answer for the caller alone, unless told', async () => {
    expect(await isKept('mine/1', 'ana.norte')).toBe(true);
    for (const [token, whom] of [
      ['ana.norte', 'ana of norte'],
      ['ana.sur', 'ana of sur'],
      ['luis.norte', 'luis of norte'],
    ] as const) {
      expect((await get('mine/1', token)).for).toBe(whom);
    }
    expect(await get('mine/1', 'ana.norte')).not.toEqual(await get('mine/2', 'ana.norte'));
  });

  it('keeps an answer for the tenant, where it is declared to be for it', async () => {
    expect(await get('ours', 'ana.norte')).toEqual(await get('ours', 'luis.norte'));
    expect((await get('ours', 'ana.sur')).for).toBe('sur');
    expect(await isKept('nowhere', 'ana')).toBe(false);
    expect((await get('nowhere', 'luis')).for).toBe('luis');
  });

  it('keeps an answer for everyone where it is declared to be', async () => {
    expect(await get('all', 'ana.norte')).toEqual(await get('all', 'luis.sur'));
  });

  it('keeps nothing for those who are not known', async () => {
    expect(await isKept('maybe')).toBe(false);
    expect((await get('maybe', 'ana.norte')).for).toBe('ana');
    expect((await get('maybe')).for).toBe('nobody');
  });

  it('keeps tenants apart under a name that the route chose, and keeps nothing of a POST', async () => {
    expect((await get('named', 'ana.norte')).for).toBe('norte');
    expect((await get('named', 'ana.sur')).for).toBe('sur');
    const headers = { authorization: 'Bearer ana.norte' };
    const answer = await fetch(`${on.url}/named`, { method: 'POST', headers });
    expect(await answer.json()).toMatchObject({ for: 'nobody' });
    expect((await get('named', 'ana.norte')).for).toBe('norte');
  });

  it('gives each tenant keys of its own', async () => {
    expect((await get('wrapped/prices', 'ana.norte')).for).toBe('norte');
    expect((await get('wrapped/prices', 'ana.sur')).for).toBe('sur');
    expect((await get('wrapped/prices', 'luis.norte')).for).toBe('norte');
    const cache = on.app.get(TenantCache);
    const tenant = on.app.get(TenantContext);
    await tenant.run('a', () => cache.set('k', 1));
    expect(await tenant.run('a', () => cache.get('k'))).toBe(1);
    expect(await tenant.run('b', () => cache.get('k'))).toBeUndefined();
    await tenant.run('b', () => cache.del('k'));
    expect(await tenant.run('a', () => cache.get('k'))).toBe(1);
    await expect(cache.get('k')).rejects.toMatchObject({ code: 'tenant_required' });
  });
});
