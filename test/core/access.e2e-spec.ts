import 'reflect-metadata';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Controller, Get, Injectable, Logger, Module, Param } from '@nestjs/common';
import {
  Access,
  type AccessRequirement,
  anyOf,
  AuthEvents,
  type DeniedEvent,
  PatronusModule,
  permissions,
  platformPermissions,
  platformRoles,
  Public,
  RequireAny,
  RequirePermissions,
  RequirePlatformPermissions,
  RequirePlatformRoles,
  roles,
  scopes,
  TenantContext,
  TenantOptional,
} from '@patronus/nestjs';
import { Roster, Table } from './access-roster.js';
import { ADAPTERS } from './adapters.js';
import { ask } from './ask.js';
import { listen, type ListeningApp } from './listening-app.js';

const REQUIREMENTS: Readonly<Record<string, AccessRequirement>> = {
  read: permissions('notes.read'),
  doctor: roles('doctor'),
  staff: platformRoles('STAFF'),
  cross: platformPermissions('tenants.cross'),
  scope: scopes('notes'),
  either: anyOf(roles('doctor'), platformRoles('STAFF')),
  eitherScope: anyOf(scopes('a', 'b'), permissions('notes.erase')),
};

@Injectable()
class Notes {
  constructor(private readonly access: Access) {}
  has(name: string) {
    return this.access.has(REQUIREMENTS[name] ?? roles('nobody'));
  }
  require(name: string) {
    return this.access.require(REQUIREMENTS[name] ?? roles('nobody'));
  }
}

@Controller()
class NotesController {
  constructor(
    private readonly notes: Notes,
    private readonly tenant: TenantContext,
  ) {}
  @Get('has/:name') @TenantOptional() async has(@Param('name') name: string) {
    return { has: await this.notes.has(name) };
  }
  @Get('require/:name') @TenantOptional() async require(@Param('name') name: string) {
    await this.notes.require(name);
    return { done: true };
  }
  @Get('caught/:name') async caught(@Param('name') name: string) {
    await this.notes.require(name).catch(() => undefined);
    return { done: true };
  }
  @Get('open/:way/:name') @Public() async open(
    @Param('way') way: 'has' | 'require',
    @Param('name') name: string,
  ) {
    return { has: await this.notes[way](name) };
  }
  @Get('crossed/:name') @TenantOptional() crossed(@Param('name') name: string) {
    const crossing = { reason: 'ticket 4711', to: 'sur' };
    return this.tenant.crossTenant(crossing, async () => ({ has: await this.notes.has(name) }));
  }
  @Get('guard/staff') @RequirePlatformRoles('STAFF') guardStaff() {}
  @Get('guard/either') @RequireAny(roles('doctor'), platformRoles('STAFF')) guardEither() {}
  @Get('guard/eitherScope')
  @RequireAny(scopes('a', 'b'), permissions('notes.erase'))
  guardEitherScope() {}
  @Get('guard/read') @RequirePermissions('notes.read') guardRead() {}
  @Get('guard/cross') @RequirePlatformPermissions('tenants.cross') guardCross() {}
}

describe.each(ADAPTERS)('Access for the caller of a request, on %s', (_name, adapter) => {
  let running: ListeningApp;
  let roster: Roster;
  let denials: DeniedEvent[];

  beforeAll(async () => {
    roster = new Roster();
    @Module({
      imports: [
        PatronusModule.forRoot({
          identityProvider: new Table(),
          tenancy: {},
          permissions: { source: roster, roles: { doctor: ['notes.read'] } },
        }),
      ],
      controllers: [NotesController],
      providers: [Notes],
    })
    class NotesModule {}
    running = await listen(NotesModule, adapter());
    roster.tenant = running.app.get(TenantContext);
    running.app.get(AuthEvents).on('denied', (event) => denials.push(event));
  });
  afterAll(() => running.app.close());
  beforeEach(() => {
    roster.failure = undefined;
    roster.asked.length = 0;
    denials = [];
    jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
    jest.spyOn(Logger.prototype, 'debug').mockReturnValue();
  });

  it.each([
    ['read', 'ana.norte', true],
    ['read', 'eve.norte', false],
    ['doctor', 'ana.norte', true],
    ['doctor', 'root.norte', false],
    ['staff', 'root.norte', true],
    ['staff', 'ana.norte', false],
    ['cross', 'root.norte', true],
    ['scope', 'eve.norte', true],
    ['either', 'ana.norte', true],
    ['either', 'root.norte', true],
    ['either', 'eve.norte', false],
    ['eitherScope', 'ana.norte', false],
  ])('has %s, %s: %j', async (name, caller, has) => {
    expect((await ask(running, `has/${name}`, caller)).body).toEqual({ has });
    expect(denials).toEqual([]);
    const required = await ask(running, `require/${name}`, caller);
    expect(required.status).toBe(has ? 200 : 403);
    expect(denials).toHaveLength(has ? 0 : 1);
  });

  it.each([
    ['staff', 'ana.norte'],
    ['either', 'eve.norte'],
    ['eitherScope', 'ana.norte'],
    ['read', 'eve.norte'],
    ['cross', 'ana.norte'],
  ])('denies %s to %s as the guard does', async (name, caller) => {
    const [guarded, required] = [
      await ask(running, `guard/${name}`, caller),
      await ask(running, `require/${name}`, caller),
    ];
    expect(required).toEqual(guarded);
    expect(required.challenge).toContain('insufficient_scope');
    const [byGuard, byAccess] = denials;
    const { code, reason, user, issuer, explanation } = byGuard!;
    expect(byAccess).toMatchObject({ code, reason, user, issuer });
    expect(byAccess).toMatchObject({
      transport: 'http',
      route: 'NotesController.require',
      method: 'GET',
      path: `/require/${name}`,
      tenant: 'norte',
    });
    const explained = byAccess?.explanation?.requirements[0];
    const { rule: _rule, ...expected } = explanation?.requirements[0] ?? {};
    expect(explained).toMatchObject(expected);
    expect(explained?.met).toBe(false);
  });

  it('names the requirement as it is written in code, and each branch of it', async () => {
    await ask(running, 'require/either', 'eve.norte');
    expect(denials[0]?.explanation?.requirements).toMatchObject([
      {
        rule: "anyOf(roles('doctor'), platformRoles('STAFF'))",
        met: false,
        alternatives: [
          { rule: "roles('doctor')", met: false, authority: 'tenant' },
          { rule: "platformRoles('STAFF')", met: false, authority: 'platform' },
        ],
      },
    ]);
  });

  it('says whether the route around it requires a tenant', async () => {
    await ask(running, 'require/staff', 'ana.norte');
    await ask(running, 'caught/staff', 'ana.norte');
    expect(denials.map(({ explanation }) => explanation?.tenantOptional)).toEqual([true, false]);
  });

  it('names the scopes that would be enough', async () => {
    const { challenge } = await ask(running, 'require/eitherScope', 'ana.norte');
    expect(challenge).toContain('scope="a b"');
  });

  it('asks the source once for the guard and for itself', async () => {
    await ask(running, 'guard/read', 'once.norte');
    await ask(running, 'has/read', 'once.norte');
    await ask(running, 'require/either', 'once.norte');
    expect(roster.asked).toEqual(['norte']);
  });

  it('takes an outage for no answer', async () => {
    roster.failure = new Error('the roster is down');
    for (const way of ['has', 'require']) {
      expect(await ask(running, `${way}/read`, 'late.norte')).toMatchObject({
        status: 503,
        body: { code: 'provider_unavailable' },
      });
    }
    expect((await ask(running, 'has/scope', 'late.norte')).body).toEqual({ has: true });
  });

  it('leaves a denial that is caught to the handler', async () => {
    expect((await ask(running, 'caught/staff', 'ana.norte')).status).toBe(200);
    expect(denials).toMatchObject([{ code: 'role_denied' }]);
  });

  it('grants nothing on a public route, whoever calls', async () => {
    for (const token of ['ana.norte', undefined]) {
      expect((await ask(running, 'open/has/read', token)).body).toEqual({ has: false });
      expect(await ask(running, 'open/require/read', token)).toMatchObject({
        status: 401,
        body: { code: 'token_missing' },
        challenge: 'Bearer realm="patronus"',
      });
    }
  });

  it('counts the authority of the platform alone beyond the tenant', async () => {
    expect((await ask(running, 'has/doctor', 'both.norte')).body).toEqual({ has: true });
    expect((await ask(running, 'crossed/doctor', 'both.norte')).body).toEqual({ has: false });
    expect((await ask(running, 'crossed/staff', 'both.norte')).body).toEqual({ has: true });
  });
});
