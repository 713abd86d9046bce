import 'reflect-metadata';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Injectable, Module, Param } from '@nestjs/common';
import {
  AuthEvents,
  type Credential,
  CurrentTenant,
  type DeniedEvent,
  Identity,
  IdentityProvider,
  Memberships,
  PatronusModule,
  RequirePermissions,
  Revocations,
  TenantDirectory,
  TenantLookups,
  TenantOptional,
} from '@patronus/nestjs';
import { ADAPTERS } from './adapters.js';
import { listen, type ListeningApp } from './listening-app.js';

/**
 * Provider of tokens `<user>` or `<user>.<tenant>`, with the memberships of {@link CLINICS_OF} in a
 * claim.
 */
class StaffProvider extends IdentityProvider {
  readonly name = 'staff';

  override async authenticate({ token }: Credential): Promise<Identity> {
    const [id = '', tenantId] = token.split('.');
    return new Identity({
      id,
      issuer: 'staff',
      provider: this.name,
      tenantId,
      permissions: ['notes.read'],
      expiresAt: Date.now() / 1000 + 60,
      claims: { clinics: CLINICS_OF.get(id) ?? [] },
    });
  }
}

const CLINICS_OF = new Map([
  ['ana', ['norte', 'sur', 'closed', 'ghost']],
  ['luis', ['sur']],
  ['mara', ['este', 'oeste']],
]);

@Injectable()
class StaffMemberships extends Memberships {
  override async tenantsOf({ id }: Identity): Promise<readonly string[]> {
    if (id === 'crash') throw new Error('the database is away');
    return CLINICS_OF.get(id) ?? [];
  }
}

@Injectable()
class Clinics extends TenantDirectory {
  override async find(tenantId: string): Promise<'active' | 'disabled' | undefined> {
    if (tenantId === 'broken') throw new Error('the database is away');
    if (tenantId === 'ghost') return undefined;
    return CLOSED.has(tenantId) ? 'disabled' : 'active';
  }
}

const CLOSED = new Set(['closed']);

@Controller()
class NotesController {
  @Get('notes') @RequirePermissions('notes.read') list(@CurrentTenant() tenant: string) {
    return { tenant };
  }
  @Get('clinics/:clinic/notes') @RequirePermissions('notes.read') ofClinic(
    @CurrentTenant() tenant: string,
    @Param('clinic') clinic: string,
  ) {
    return { tenant, clinic };
  }
  @Get('me') @TenantOptional() me() {
    return { tenant: null };
  }
}

const places = { header: 'x-clinic', host: '{tenant}.clinics.example', path: 'clinic' };

@Module({
  imports: [
    PatronusModule.forRoot({
      identityProvider: new StaffProvider(),
      tenancy: {
        ...places,
        memberships: { useClass: StaffMemberships },
        directory: { useClass: Clinics },
      },
    }),
  ],
  controllers: [NotesController],
})
class LookedUpModule {}

@Module({
  imports: [
    PatronusModule.forRoot({
      identityProvider: new StaffProvider(),
      tenancy: { ...places, memberships: { claim: 'clinics' }, directory: new Clinics() },
    }),
  ],
  controllers: [NotesController],
})
class ClaimedModule {}

describe.each(
  ADAPTERS.flatMap(([name, adapter]) => [
    [name, 'looked up', adapter, LookedUpModule] as const,
    [name, 'in a claim', adapter, ClaimedModule] as const,
  ]),
)('the tenant of a request, on %s, with memberships %s', (_name, kind, adapter, module) => {
  let on: ListeningApp;
  const denials: DeniedEvent[] = [];
  beforeAll(async () => {
    on = await listen(module, adapter());
    on.app.get(AuthEvents).on('denied', (event) => denials.push(event));
  });
  beforeEach(() => {
    denials.length = 0;
  });
  afterAll(() => on.app.close());

  async function ask(token: string, path = 'notes', headers: Record<string, string> = {}) {
    const { request } = await import('undici');
    const answer = await request(`${on.url}/${path}`, {
      headers: { authorization: `Bearer ${token}`, ...headers },
    });
    const body: unknown = await answer.body.json();
    return { status: answer.statusCode, ...(body as { tenant?: string; code?: string }) };
  }

  it.each([
    ['ana', 'notes', { 'x-clinic': 'norte' }, 'norte'],
    ['ana', 'notes', { 'x-clinic': 'sur' }, 'sur'],
    ['ana', 'notes', { host: 'sur.clinics.example' }, 'sur'],
    ['ana', 'notes', { host: 'SUR.clinics.example:8080' }, 'sur'],
    ['ana', 'clinics/norte/notes', {}, 'norte'],
    ['ana', 'clinics/norte/notes', { 'x-clinic': 'norte', host: 'norte.clinics.example' }, 'norte'],
    ['ana.norte', 'notes', {}, 'norte'],
    ['ana.norte', 'notes', { 'x-clinic': 'sur' }, 'sur'],
    ['luis', 'notes', {}, 'sur'],
    ['luis', 'notes', { host: 'api.example' }, 'sur'],
    ['eva.este', 'notes', {}, 'este'],
  ])('%s at %s with %j is in %s', async (token, path, headers, tenant) => {
    expect(await ask(token, path, headers)).toMatchObject({ status: 200, tenant });
  });

  it.each([
    ['ana', 'notes', {}, 'tenant_required'],
    ['eva', 'notes', {}, 'tenant_required'],
    ['ana', 'notes', { host: 'a.b.clinics.example' }, 'tenant_required'],
    ['ana', 'notes', { host: 'sur.clinics.example.evil.example' }, 'tenant_required'],
    ['luis', 'notes', { 'x-clinic': 'norte' }, 'tenant_mismatch'],
    ['luis', 'clinics/norte/notes', {}, 'tenant_mismatch'],
    ['luis', 'notes', { host: 'norte.clinics.example' }, 'tenant_mismatch'],
    ['luis', 'notes', { 'x-clinic': 'sur', host: 'norte.clinics.example' }, 'tenant_mismatch'],
    ['ana', 'clinics/norte/notes', { 'x-clinic': 'sur' }, 'tenant_mismatch'],
    ['ana', 'notes', { 'x-clinic': '' }, 'tenant_required'],
    ['ana', 'notes', { 'x-clinic': 'norte, sur' }, 'tenant_mismatch'],
    ['ana', 'notes', { 'x-clinic': 'NORTE' }, 'tenant_mismatch'],
    ['ana', 'notes', { 'x-clinic': '__proto__' }, 'tenant_mismatch'],
    ['eva.este', 'notes', { 'x-clinic': 'norte' }, 'tenant_mismatch'],
    ['ana', 'notes', { 'x-clinic': 'closed' }, 'tenant_disabled'],
    ['ana', 'notes', { 'x-clinic': 'ghost' }, 'tenant_unknown'],
    ['eva.closed', 'notes', {}, 'tenant_disabled'],
    ['luis', 'notes', { 'x-clinic': 'ghost' }, 'tenant_mismatch'],
  ])('%s at %s with %j is refused: %s %s', async (token, path, headers, code) => {
    expect(await ask(token, path, headers)).toMatchObject({ status: 403, code });
    expect(denials.map((event) => event.code)).toEqual([code]);
  });

  it('is not needed where the route says so', async () => {
    expect((await ask('eva', 'me')).status).toBe(200);
    expect(await ask('luis', 'me', { 'x-clinic': 'norte' })).toMatchObject({
      status: 403,
      code: 'tenant_mismatch',
    });
  });

  it('is 503, never a guess, where nobody can say', async () => {
    expect(await ask('eva.broken')).toMatchObject({ status: 503, code: 'provider_unavailable' });
    if (kind === 'looked up') {
      expect(await ask('crash')).toMatchObject({ status: 503, code: 'provider_unavailable' });
    }
  });

  it('is refused where it was revoked, though the credential does not name it', async () => {
    const choose = (clinic: string) => ask('mara', 'notes', { 'x-clinic': clinic });
    expect((await choose('este')).status).toBe(200);
    await on.app.get(Revocations).revoke({ tenant: 'este' });
    expect(await choose('este')).toMatchObject({ status: 401, code: 'token_revoked' });
    expect((await choose('oeste')).status).toBe(200);
  });

  it('is asked for anew once it is forgotten', async () => {
    expect((await ask('eva.oeste')).status).toBe(200);
    CLOSED.add('oeste');
    try {
      expect((await ask('eva.oeste')).status).toBe(200);
      on.app.get(TenantLookups).forgetTenant('oeste');
      expect(await ask('eva.oeste')).toMatchObject({ status: 403, code: 'tenant_disabled' });
    } finally {
      CLOSED.delete('oeste');
    }
  });
});
