import 'reflect-metadata';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Controller, Get, Injectable, Logger, Module, Param, UseGuards } from '@nestjs/common';
import {
  Access,
  type AccessRequirement,
  AuthEvents,
  AuthGuard,
  type Credential,
  type DeniedEvent,
  Identity,
  IdentityProvider,
  anyOf,
  Authorize,
  PatronusModule,
  permissions,
  type PermissionSubject,
  PermissionsGuard,
  platformPermissions,
  platformRoles,
  Public,
  RequireAny,
  RequirePermissions,
  RequirePlatformPermissions,
  RequirePlatformRoles,
  ResourcePolicy,
  roles,
  scopes,
  TenantContext,
  TenantJobs,
  TenantOptional,
} from '@patronus/nestjs';
import { ADAPTERS } from './adapters.js';
import { ask } from './ask.js';
import { listen, type ListeningApp } from './listening-app.js';

const ISSUER = 'https://id.example';

function person(id: string, tenantId?: string, more: object = {}): Identity {
  const expiresAt = Date.now() / 1000 + 60;
  return new Identity({ id, issuer: ISSUER, provider: 'table', tenantId, expiresAt, ...more });
}

/** Tokens are `<user>.<tenant>`. The doctor is one by the token, everybody else by the roster. */
class Table extends IdentityProvider {
  override readonly name = 'table';
  calls = 0;
  override async authenticate({ token }: Credential): Promise<Identity> {
    this.calls += 1;
    const [id = '', tenant] = token.split('.');
    return person(id, tenant, { roles: ['doctor'], scopes: ['notes'] });
  }
}

const ROSTER = new Map<string, object>([
  ['ana', { roles: ['doctor'] }],
  ['root', { platformRoles: ['STAFF'], platformPermissions: ['tenants.cross'] }],
]);

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

@Injectable()
class OncePolicy extends ResourcePolicy<object> {
  permitted = 0;
  override load = () => ({});
  override tenantOf = () => 'norte';
  override permits() {
    this.permitted += 1;
    return true;
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
  @Get('twice')
  @UseGuards(AuthGuard, PermissionsGuard)
  @RequirePermissions('notes.read')
  @Authorize(OncePolicy)
  twice() {
    return { done: true };
  }
}

describe.each(ADAPTERS)('Access, on %s', (_name, adapter) => {
  let running: ListeningApp;
  let access: Access;
  let tenant: TenantContext;
  let provider: Table;
  let denials: DeniedEvent[];
  let failure: Error | undefined;
  const source = jest.fn(async ({ identity, tenantId }: PermissionSubject) => {
    if (failure !== undefined) throw failure;
    const known: object = ROSTER.get(identity.id) ?? {};
    const inTenant = running.app.get(TenantContext).idOrNull ?? undefined;
    if (tenantId !== inTenant) throw new Error(`asked for ${tenantId} inside of ${inTenant}`);
    return known;
  });

  beforeAll(async () => {
    provider = new Table();
    @Module({
      imports: [
        PatronusModule.forRoot({
          identityProvider: provider,
          tenancy: { memberships: { claim: 'clinics' } },
          permissions: { source, roles: { doctor: ['notes.read'] } },
        }),
      ],
      controllers: [NotesController],
      providers: [Notes, OncePolicy],
    })
    class NotesModule {}
    running = await listen(NotesModule, adapter());
    access = running.app.get(Access);
    tenant = running.app.get(TenantContext);
    running.app.get(AuthEvents).on('denied', (event) => denials.push(event));
  });
  afterAll(() => running.app.close());
  beforeEach(() => {
    failure = undefined;
    denials = [];
    source.mockClear();
    jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
    jest.spyOn(Logger.prototype, 'debug').mockReturnValue();
  });

  const denied = (code: string, details: object = {}): unknown =>
    expect.objectContaining({ name: 'PatronusError', code, ...details });

  describe('for the caller of a request', () => {
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
      const { at: _1, decisionId: _2, route: _3, path: _4, explanation: one, ...facts } = byGuard!;
      expect(byAccess).toMatchObject(facts);
      expect(byAccess).toMatchObject({
        transport: 'http',
        route: 'NotesController.require',
        method: 'GET',
        path: `/require/${name}`,
        tenant: 'norte',
      });
      const explained = byAccess?.explanation?.requirements[0];
      const { rule: _rule, ...expected } = one?.requirements[0] ?? {};
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

    it('names the scopes that would be enough', async () => {
      const { challenge } = await ask(running, 'require/eitherScope', 'ana.norte');
      expect(challenge).toContain('scope="a b"');
    });

    it('asks the source once for the guard and for itself', async () => {
      await ask(running, 'guard/read', 'once.norte');
      await ask(running, 'has/read', 'once.norte');
      await ask(running, 'require/either', 'once.norte');
      expect(source).toHaveBeenCalledTimes(1);
    });

    it('takes an outage for no answer', async () => {
      failure = new Error('the roster is down');
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
      ROSTER.set('both', { ...ROSTER.get('root'), roles: ['doctor'] });
      expect((await ask(running, 'has/doctor', 'both.norte')).body).toEqual({ has: true });
      expect((await ask(running, 'crossed/doctor', 'both.norte')).body).toEqual({ has: false });
      expect((await ask(running, 'crossed/staff', 'both.norte')).body).toEqual({ has: true });
    });
  });

  describe('without a caller', () => {
    const read = permissions('notes.read');

    it('grants nothing, and says why', async () => {
      expect(await access.has(read)).toBe(false);
      await expect(access.require(read)).rejects.toEqual(
        denied('token_missing', { reason: 'no caller is known here' }),
      );
      expect(denials).toMatchObject([
        { code: 'token_missing', transport: 'job', route: 'Access.require', user: undefined },
      ]);
    });

    it('grants nothing inside of a job that has a tenant only', async () => {
      const jobs = running.app.get(TenantJobs);
      const packed = tenant.run('norte', () => jobs.pack({ note: 7 }));
      expect(await jobs.run(packed, () => access.has(read))).toBe(false);
      await expect(jobs.run(packed, () => access.require(read))).rejects.toEqual(
        denied('token_missing'),
      );
      expect(denials).toMatchObject([{ tenant: 'norte' }]);
      expect(source).not.toHaveBeenCalled();
    });

    it('knows the identity that a job runs as', async () => {
      expect(await tenant.runAs(person('ana', 'norte'), () => access.has(read))).toBe(true);
      const eve = tenant.runAs(person('eve', 'norte'), () => access.require(read));
      await expect(eve).rejects.toEqual(denied('permission_denied'));
      expect(denials).toMatchObject([{ user: 'eve', tenant: 'norte', transport: 'job' }]);
    });
  });

  describe('for a given subject', () => {
    const ana = person('ana', 'norte');
    const [doctor, staff] = [roles('doctor'), platformRoles('STAFF')];
    const member = person('ana', undefined, { claims: { clinics: ['norte', 'este'] } });

    it('asks about it in the tenant that is named, in its own, or in that of the work', async () => {
      expect(await access.has(doctor, { identity: ana, tenantId: 'norte' })).toBe(true);
      expect(await access.has(doctor, { identity: ana })).toBe(true);
      expect(await access.has(staff, { identity: person('root'), tenantId: undefined })).toBe(true);
      expect(await access.has(staff, { identity: ana })).toBe(false);
      expect(await access.has(doctor, { identity: member, tenantId: 'este' })).toBe(true);
      const inJob = tenant.run('este', () => access.has(doctor, { identity: member }));
      expect(await inJob).toBe(true);
      const tenants = source.mock.calls.map(([{ tenantId }]) => tenantId);
      expect(tenants.filter((id) => id === 'este').length).toBeLessThanOrEqual(1);
    });

    it('grants nothing in a tenant that it does not belong to', async () => {
      for (const identity of [ana, member]) {
        expect(await access.has(doctor, { identity, tenantId: 'sur' })).toBe(false);
        const required = access.require(doctor, { identity, tenantId: 'sur' });
        await expect(required).rejects.toEqual(denied('tenant_mismatch'));
      }
      expect(await tenant.run('sur', () => access.has(doctor, { identity: ana }))).toBe(false);
      expect(source.mock.calls.filter(([{ tenantId }]) => tenantId === 'sur')).toEqual([]);
      expect(denials).toMatchObject([{ user: 'ana' }, { user: 'ana' }]);
    });

    it('does not cross over from the work of another tenant', async () => {
      const inSur = (subject: { identity: Identity; tenantId: string }) =>
        tenant.run('sur', () => access.has(doctor, subject));
      await expect(inSur({ identity: ana, tenantId: 'norte' })).rejects.toEqual(
        denied('tenant_mismatch', { reason: expect.stringContaining('crossTenant') }),
      );
      await tenant.runAs(person('root', 'sur'), () =>
        tenant.crossTenant({ reason: 'ticket 4711', to: 'norte' }, async () => {
          expect(await access.has(doctor, { identity: ana, tenantId: 'norte' })).toBe(true);
        }),
      );
    });

    it('never takes the caller for a subject that is missing', async () => {
      const missing: unknown[] = [undefined, {}, { identity: undefined, tenantId: 'norte' }];
      for (const subject of missing) {
        const asked = tenant.runAs(ana, () => Reflect.apply(access.has, access, [doctor, subject]));
        expect(await asked).toBe(false);
        const required = tenant.runAs(ana, () =>
          Reflect.apply(access.require, access, [doctor, subject]),
        );
        await expect(required).rejects.toEqual(denied('token_missing'));
      }
      const odd: unknown = { id: 'ana', issuer: ISSUER };
      const asked = Reflect.apply(access.require, access, [doctor, { identity: odd }]);
      await expect(asked).rejects.toEqual(denied('permission_denied'));
    });

    it('takes an outage for no answer', async () => {
      failure = new Error('the roster is down');
      const identity = person('away', 'norte');
      await expect(access.has(doctor, { identity })).rejects.toEqual(
        denied('provider_unavailable'),
      );
      await expect(access.require(doctor, { identity })).rejects.toEqual(
        denied('provider_unavailable'),
      );
    });
  });

  it('refuses what is no requirement', async () => {
    for (const way of [access.has, access.require]) {
      await expect(Reflect.apply(way, access, ['doctor'])).rejects.toThrow('Access.');
      await expect(Reflect.apply(way, access, [undefined])).rejects.toThrow(
        expect.objectContaining({ name: 'PatronusConfigurationError' }),
      );
    }
  });

  it('costs nothing twice where the guards stand on the handler as well', async () => {
    const policy = running.app.get(OncePolicy);
    const [before, known] = [policy.permitted, provider.calls];
    const allowed: string[] = [];
    const stop = running.app.get(AuthEvents).on('allowed', ({ route }) => allowed.push(route));
    expect((await ask(running, 'twice', 'ana.norte')).status).toBe(200);
    stop();
    expect(policy.permitted - before).toBe(1);
    expect(provider.calls - known).toBeLessThanOrEqual(1);
    expect(allowed).toEqual(['NotesController.twice']);
    expect(await ask(running, 'twice', 'eve.norte')).toMatchObject({ status: 403 });
    expect(await ask(running, 'twice')).toMatchObject({ status: 401 });
  });
});
