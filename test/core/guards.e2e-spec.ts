import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  Controller,
  type ExecutionContext,
  Get,
  Injectable,
  Module,
  Req,
  UseGuards,
} from '@nestjs/common';
import { ExecutionContextHost } from '@nestjs/core/internal';
import { AuthGuard as PassportGuard } from '@nestjs/passport';
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

/** Believes nobody of the name "mallory", and lets the unknown be anonymous. */
@Injectable()
class LenientGuard extends AuthGuard {
  override handleRequest(
    error: unknown,
    identity: unknown,
    info: unknown,
    context: ExecutionContext,
  ): Identity | null {
    if (error !== null) return null;
    const known = super.handleRequest(error, identity, info, context);
    if (known?.id !== 'mallory') return known;
    return new Identity({ ...known, id: 'not-mallory', tenantId: 'elsewhere' });
  }
}

@Controller()
class ManualController {
  constructor(private readonly tenant: TenantContext) {}

  @Get('unguarded') unguarded() {
    return 'open';
  }
  @UseGuards(AuthGuard, PermissionsGuard)
  @RequirePermissions('notes.read')
  @Get('guarded')
  guarded() {
    return { tenant: this.tenant.id };
  }
  @UseGuards(PermissionsGuard) @Get('permissions-only') permissionsOnly() {
    return 'never';
  }
  @UseGuards(PassportGuard('patronus')) @Get('passport') passport(
    @Req() request: { user: Identity },
  ) {
    return { user: request.user.id, tenant: this.tenant.id };
  }
  @UseGuards(PassportGuard('patronus'), PermissionsGuard)
  @RequirePermissions('notes.write')
  @Get('passport-denied')
  passportDenied() {
    return 'never';
  }
  @UseGuards(LenientGuard) @OptionalAuth() @Get('lenient-optional') lenientOptional(
    @CurrentUser() user: Identity | undefined,
  ) {
    return { user: user?.id ?? null, tenant: this.tenant.idOrNull };
  }
  @UseGuards(LenientGuard) @Get('lenient-closed') lenientClosed() {
    return 'never for the anonymous';
  }
}

@Module({
  imports: [PatronusModule.forRoot({ identityProvider: provider, tenancy: {}, guards: 'manual' })],
  controllers: [ManualController],
})
class ManualGuardsModule {}

@Module({
  imports: [
    PatronusModule.forRoot({
      identityProvider: new TokenTableProvider('other-application'),
      guards: 'manual',
    }),
  ],
  controllers: [ManualController],
})
class OtherApplicationModule {}

describe.each(ADAPTERS)('the guards, on %s', (_name, adapter) => {
  let global: ListeningApp;
  let manual: ListeningApp;
  let other: ListeningApp;

  beforeAll(async () => {
    global = await listen(GlobalGuardsModule, adapter());
    manual = await listen(ManualGuardsModule, adapter());
    other = await listen(OtherApplicationModule, adapter());
  });
  afterAll(() => Promise.all([global, manual, other].map(({ app }) => app.close())));

  async function ask(on: ListeningApp, path: string, token?: string) {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const answer = await fetch(`${on.url}/${path}`, { headers });
    const text = await answer.text();
    const body: unknown = text.startsWith('{') ? JSON.parse(text) : text;
    return { status: answer.status, body, challenge: answer.headers.get('www-authenticate') };
  }

  describe('global', () => {
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

    it.each(['rpc', 'ws', 'graphql', 'smoke-signals'])('denies the transport %s', (type) => {
      const context = new ExecutionContextHost(
        [{}, {}],
        OpenAndClosedController,
        OpenAndClosedController.prototype.public,
      );
      context.setType(type);
      for (const guard of [global.app.get(AuthGuard), global.app.get(PermissionsGuard)]) {
        expect(() => guard.canActivate(context)).toThrow(
          expect.objectContaining({ code: 'transport_unsupported' }),
        );
      }
    });

    it('denies a request that did not come through the server', () => {
      const context = new ExecutionContextHost(
        [{ headers: {} }, {}],
        OpenAndClosedController,
        OpenAndClosedController.prototype.allowed,
      );
      expect(() => global.app.get(AuthGuard).canActivate(context)).toThrow();
      expect(() => global.app.get(PermissionsGuard).canActivate(context)).toThrow();
    });
  });

  describe('manual', () => {
    it('guards where it was written, and nowhere else', async () => {
      expect((await ask(manual, 'unguarded')).body).toBe('open');
      expect((await ask(manual, 'guarded')).status).toBe(401);
      expect((await ask(manual, 'guarded', 'ana.norte')).body).toEqual({ tenant: 'norte' });
    });

    it('denies where AuthGuard was forgotten', async () => {
      expect(await ask(manual, 'permissions-only', 'ana.norte')).toMatchObject({
        status: 401,
        body: { code: 'token_missing' },
      });
    });

    it("works with AuthGuard('patronus') of @nestjs/passport", async () => {
      expect(await ask(manual, 'passport', 'ana.norte')).toMatchObject({
        status: 200,
        body: { user: 'ana', tenant: 'norte' },
      });
      expect(await ask(manual, 'passport', 'stranger')).toMatchObject({
        status: 401,
        body: { code: 'token_invalid' },
      });
      expect(await ask(manual, 'passport')).toMatchObject({ status: 401 });
      expect(await ask(manual, 'passport-denied', 'ana.norte')).toMatchObject({ status: 403 });
    });

    it('keeps two applications of one process apart, on the one Passport strategy', async () => {
      const before = provider.calls;
      expect((await ask(other, 'passport-denied', 'apart.norte')).status).toBe(403);
      expect(provider.calls).toBe(before);
    });

    it('lets handleRequest map identities, cold and from the cache', async () => {
      for (const _ of ['cold', 'cached']) {
        expect((await ask(manual, 'lenient-optional', 'mallory.norte')).body).toEqual({
          user: 'not-mallory',
          tenant: 'elsewhere',
        });
      }
    });

    it('lets handleRequest make a caller anonymous, on optional routes only', async () => {
      expect((await ask(manual, 'lenient-optional', 'stranger')).body).toEqual({
        user: null,
        tenant: null,
      });
      expect((await ask(manual, 'lenient-optional')).body).toEqual({ user: null, tenant: null });
      expect((await ask(manual, 'lenient-closed', 'stranger')).status).toBe(401);
      expect((await ask(manual, 'lenient-closed')).status).toBe(401);
    });
  });
});
