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
import { AuthGuard as PassportGuard } from '@nestjs/passport';
import {
  AuthEvents,
  AuthGuard,
  Authorize,
  CurrentUser,
  Identity,
  OptionalAuth,
  PatronusModule,
  PermissionsGuard,
  RequireAuthentication,
  RequirePermissions,
  ResourcePolicy,
  TenantContext,
  TenantOptional,
} from '@patronus/nestjs';
import { ADAPTERS } from './adapters.js';
import { ask } from './ask.js';
import { listen, type ListeningApp } from './listening-app.js';
import { TokenTableProvider } from './token-table.provider.js';

const provider = new TokenTableProvider();

/** Refuses the name "mallory", and lets other unknown callers be anonymous. */
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
    const { issuer, provider: name, expiresAt } = known;
    const tenantId = 'elsewhere';
    return new Identity({ id: 'not-mallory', issuer, provider: name, expiresAt, tenantId });
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
  @UseGuards(PassportGuard('patronus'), PermissionsGuard)
  @RequirePermissions('notes.read')
  @Get('passport-permissions')
  passportPermissions() {
    return 'in';
  }
  @UseGuards(PassportGuard('patronus'))
  @RequireAuthentication()
  @Get('passport-authenticated')
  passportAuthenticated() {
    return 'in';
  }
  @UseGuards(PassportGuard(['patronus']))
  @OptionalAuth()
  @Get('passport-optional')
  passportOptional() {
    return 'in';
  }
  @UseGuards(PassportGuard('patronus'), PermissionsGuard)
  @RequirePermissions('notes.read')
  @TenantOptional()
  @Get('passport-everywhere')
  passportEverywhere() {
    return 'in';
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

@Injectable()
class CountingPolicy extends ResourcePolicy<object> {
  asked = 0;
  override load = () => ({});
  override tenantOf = () => 'norte';
  override permits() {
    this.asked += 1;
    return true;
  }
}

@Controller()
class TwiceGuardedController {
  @UseGuards(AuthGuard, PermissionsGuard)
  @RequirePermissions('notes.read')
  @Authorize(CountingPolicy)
  @Get('twice')
  twice() {
    return 'done';
  }
  @UseGuards(AuthGuard, PermissionsGuard)
  @RequirePermissions('notes.write')
  @Get('denied')
  denied() {
    return 'never';
  }
}

@Module({
  imports: [
    PatronusModule.forRoot({ identityProvider: new TokenTableProvider('twice'), tenancy: {} }),
  ],
  controllers: [TwiceGuardedController],
  providers: [CountingPolicy],
})
class TwiceGuardedModule {}

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

describe.each(ADAPTERS)('guards that the application writes itself, on %s', (_name, adapter) => {
  let manual: ListeningApp;
  let other: ListeningApp;
  beforeAll(async () => {
    manual = await listen(ManualGuardsModule, adapter());
    other = await listen(OtherApplicationModule, adapter());
  });
  afterAll(() => Promise.all([manual.app.close(), other.app.close()]));

  it('guards where it was written, and nowhere else', async () => {
    expect((await ask(manual, 'unguarded')).body).toBe('open');
    expect((await ask(manual, 'guarded')).status).toBe(401);
    expect((await ask(manual, 'guarded', 'ana.norte')).body).toEqual({ tenant: 'norte' });
  });

  it('denies where AuthGuard was forgotten, and says so', async () => {
    expect(await ask(manual, 'permissions-only', 'ana.norte')).toMatchObject({
      status: 500,
      body: { code: 'guard_missing' },
      challenge: null,
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

  it.each(['passport', 'passport-permissions', 'passport-authenticated', 'passport-optional'])(
    'requires a tenant behind it: %s',
    async (route) => {
      expect(await ask(manual, route, 'ana')).toMatchObject({
        status: 403,
        body: { code: 'tenant_required' },
      });
      expect((await ask(manual, route, 'ana.norte')).status).toBe(200);
    },
  );

  it('requires no tenant behind it for @TenantOptional(), or without tenancy', async () => {
    expect((await ask(manual, 'passport-everywhere', 'ana')).body).toBe('in');
    expect((await ask(other, 'passport-permissions', 'ana')).body).toBe('in');
    expect((await ask(other, 'passport-authenticated', 'ana')).body).toBe('in');
  });

  it('tells a refusal behind it once, and no admission', async () => {
    const told: string[] = [];
    const events = manual.app.get(AuthEvents);
    const stop = [
      events.on('allowed', () => told.push('allowed')),
      events.on('denied', ({ code }) => told.push(code)),
    ];
    await ask(manual, 'passport-permissions', 'ana');
    await ask(manual, 'passport-authenticated', 'ana');
    for (const end of stop) end();
    expect(told).toEqual(['tenant_required', 'tenant_required']);
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

describe.each(ADAPTERS)(
  'guards that stand on a handler beside the global ones, on %s',
  (_name, adapter) => {
    let twice: ListeningApp;
    beforeAll(async () => {
      twice = await listen(TwiceGuardedModule, adapter());
    });
    afterAll(() => twice.app.close());

    it('decide once for both', async () => {
      const policy = twice.app.get(CountingPolicy);
      const told: string[] = [];
      twice.app.get(AuthEvents).on('allowed', ({ route }) => told.push(route));
      twice.app.get(AuthEvents).on('denied', ({ route }) => told.push(route));
      const before = policy.asked;
      expect((await ask(twice, 'twice', 'ana.norte')).body).toBe('done');
      expect(policy.asked - before).toBe(1);
      expect((await ask(twice, 'denied', 'ana.norte')).status).toBe(403);
      expect((await ask(twice, 'twice')).status).toBe(401);
      expect(told).toEqual([
        'TwiceGuardedController.twice',
        'TwiceGuardedController.denied',
        'TwiceGuardedController.twice',
      ]);
    });
  },
);
