import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module, Req, UseGuards } from '@nestjs/common';
import {
  AuthGuard,
  CurrentTenant,
  CurrentUser,
  Identity,
  OptionalAuth,
  PatronusModule,
  PermissionsGuard,
  Public,
  RequirePermissions,
  TenantContext,
  TenantOptional,
} from '@patronus/nestjs';
import { ADAPTERS } from './adapters.js';
import { ask } from './ask.js';
import { listen, type ListeningApp } from './listening-app.js';
import { TokenTableProvider } from './token-table.provider.js';

const provider = new TokenTableProvider();

@Controller()
class OpenAndClosedController {
  constructor(private readonly tenant: TenantContext) {}

  @Get('undecorated') undecorated() {
    return { tenant: this.tenant.id };
  }
  @Public() @Get('public') public(@CurrentUser() user: Identity | undefined) {
    return { user: user?.id ?? null, tenant: this.tenant.idOrNull };
  }
  @Public() @Get('public-but-tenant') needsTenant() {
    return this.tenant.id;
  }
  @OptionalAuth() @TenantOptional() @Get('optional') optional(
    @CurrentUser() user: Identity | undefined,
  ) {
    return { user: user?.id ?? null };
  }
  @TenantOptional() @Get('anywhere') anywhere() {
    return { tenant: this.tenant.idOrNull };
  }
  @TenantOptional() @Get('current-tenant') current(@CurrentTenant() tenant: string) {
    return { tenant };
  }
  @RequirePermissions('notes.read') @Get('allowed') allowed() {
    return 'read';
  }
  @RequirePermissions('notes.write') @Get('denied') denied() {
    return 'written';
  }
  @UseGuards(AuthGuard, PermissionsGuard) @RequirePermissions('notes.read') @Get('twice') twice(
    @Req() request: { user: Identity },
  ) {
    return { user: request.user.id };
  }
}

@Module({
  imports: [PatronusModule.forRoot({ identityProvider: provider, tenancy: {} })],
  controllers: [OpenAndClosedController],
})
class GlobalGuardsModule {}

describe.each(ADAPTERS)('the global guards, on %s', (_name, adapter) => {
  let global: ListeningApp;
  beforeAll(async () => void (global = await listen(GlobalGuardsModule, adapter())));
  afterAll(() => global.app.close());

  it('closes a route that nobody decorated', async () => {
    expect(await ask(global, 'undecorated')).toMatchObject({ status: 401 });
    expect(await ask(global, 'undecorated', 'ana.norte')).toMatchObject({
      status: 200,
      body: { tenant: 'norte' },
    });
  });

  it('opens a public route, and looks at no token there', async () => {
    for (const token of [undefined, 'ana.norte', 'stranger', 'not good']) {
      expect(await ask(global, 'public', token)).toMatchObject({
        status: 200,
        body: { user: null, tenant: null },
      });
    }
  });

  it('gives no tenant to a public route', async () => {
    expect(await ask(global, 'public-but-tenant', 'ana.norte')).toMatchObject({
      status: 403,
      body: { code: 'tenant_required' },
    });
  });

  it('lets nobody pass as a bad token on an optional route', async () => {
    expect((await ask(global, 'optional')).body).toEqual({ user: null });
    expect((await ask(global, 'optional', 'ana.norte')).body).toEqual({ user: 'ana' });
    expect(await ask(global, 'optional', 'stranger')).toMatchObject({
      status: 401,
      body: { code: 'token_invalid' },
    });
  });

  it('asks for a tenant unless the route says otherwise', async () => {
    expect(await ask(global, 'undecorated', 'ana')).toMatchObject({
      status: 403,
      body: { code: 'tenant_required' },
      challenge: expect.stringContaining('error="insufficient_scope"'),
    });
    expect(await ask(global, 'anywhere', 'ana')).toMatchObject({ body: { tenant: null } });
    expect(await ask(global, 'anywhere', 'ana.sur')).toMatchObject({ body: { tenant: 'sur' } });
    expect(await ask(global, 'current-tenant', 'ana.sur')).toMatchObject({
      body: { tenant: 'sur' },
    });
    expect(await ask(global, 'current-tenant', 'ana')).toMatchObject({
      status: 403,
      body: { code: 'tenant_required' },
    });
  });

  it('checks permissions', async () => {
    expect((await ask(global, 'allowed', 'ana.norte')).status).toBe(200);
    expect(await ask(global, 'denied', 'ana.norte')).toMatchObject({
      status: 403,
      body: { code: 'permission_denied' },
    });
  });

  it('does no work twice where the guards stand on the route as well', async () => {
    const before = provider.calls;
    expect((await ask(global, 'twice', 'twice.norte')).body).toEqual({ user: 'twice' });
    expect(provider.calls).toBe(before + 1);
    await ask(global, 'twice', 'twice.norte');
    expect(provider.calls).toBe(before + 1);
  });

  it('answers an outage with 503 and Retry-After, and remembers nothing of it', async () => {
    provider.failure = new TypeError('connect ECONNREFUSED 10.0.0.7:443');
    const answer = await fetch(`${global.url}/allowed`, {
      headers: { authorization: 'Bearer outage.norte' },
    });
    provider.failure = undefined;
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('5');
    expect(answer.headers.get('www-authenticate')).toBeNull();
    expect(await answer.json()).toEqual({
      statusCode: 503,
      code: 'provider_unavailable',
      message: 'Your access cannot be checked right now. Try again shortly.',
    });
    expect((await ask(global, 'allowed', 'outage.norte')).status).toBe(200);
  });

  it('keeps answering those that it knows through an outage', async () => {
    expect((await ask(global, 'allowed', 'known.norte')).status).toBe(200);
    provider.failure = new Error('down');
    expect((await ask(global, 'allowed', 'known.norte')).status).toBe(200);
    provider.failure = undefined;
  });
});
