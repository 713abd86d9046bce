import 'reflect-metadata';
import { describe, expect, it, jest } from '@jest/globals';
import '@patronus/nestjs/testing/jest';
import { Controller, Get, Injectable, Logger } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  Access,
  type AccessRequirement,
  type AccessSubject,
  anyOf,
  CurrentUser,
  type Identity,
  PatronusConfigurationError,
  type PermissionSubject,
  permissions,
  platformRoles,
  roles,
  TenantContext,
  TenantJobs,
} from '@patronus/nestjs';
import {
  provideAccess,
  provideTenant,
  testIdentity,
  type TestUser,
} from '@patronus/nestjs/testing';

@Injectable()
class PatientsService {
  constructor(private readonly tenant: TenantContext) {}
  list() {
    return `patients of ${this.tenant.id}`;
  }
  whose() {
    return this.tenant.idOrNull;
  }
}

@Controller('patients')
class PatientsController {
  constructor(private readonly patients: PatientsService) {}
  @Get() list(@CurrentUser() user: Identity) {
    return `${this.patients.list()} for ${user.id}, ${user.roles.join()}`;
  }
}

async function unit(tenantId: string | null) {
  const module = await Test.createTestingModule({
    providers: [PatientsService, TenantJobs, provideTenant(tenantId)],
    controllers: [PatientsController],
  }).compile();
  return {
    service: module.get(PatientsService),
    controller: module.get(PatientsController),
    jobs: module.get(TenantJobs),
    tenant: module.get(TenantContext),
  };
}

describe('a unit test without PatronusModule', () => {
  it('gives a service its tenant, and a controller its caller', async () => {
    const { service, controller } = await unit('norte');
    expect(service.list()).toBe('patients of norte');
    await new Promise((resolve) => setImmediate(resolve));
    expect(service.whose()).toBe('norte');
    const ana = testIdentity({ id: 'ana', tenantId: 'norte', roles: ['doctor'] });
    expect(controller.list(ana)).toBe('patients of norte for ana, doctor');
  });

  it('has no tenant where none is provided', async () => {
    const { service } = await unit(null);
    expect(service.whose()).toBeNull();
    expect(() => service.list()).toThrow(expect.objectContaining({ code: 'tenant_required' }));
  });

  it('keeps two modules apart', async () => {
    const [norte, sur] = [await unit('norte'), await unit('sur')];
    expect([norte.service.list(), sur.service.list()]).toEqual([
      'patients of norte',
      'patients of sur',
    ]);
  });

  it('runs jobs, and crosses over only where that is said', async () => {
    const { service, tenant, jobs } = await unit('norte');
    const packed = jobs.pack({ id: 7 });
    expect(packed).toEqual({ id: 7, patronusTenant: 'norte' });
    expect(jobs.run(packed, () => service.list())).toBe('patients of norte');
    expect(tenant.run('norte', () => service.list())).toBe('patients of norte');
    expect(() => tenant.run('sur', () => service.list())).toThrow(
      expect.objectContaining({ code: 'tenant_mismatch' }),
    );
    for (const tenantId of ['sur', undefined]) {
      const stranger = testIdentity({ ...(tenantId !== undefined && { tenantId }) });
      expect(() => tenant.runAs(stranger, () => service.list())).toThrow(
        expect.objectContaining({ code: 'tenant_mismatch' }),
      );
    }
    const own = testIdentity({ tenantId: 'norte' });
    expect(tenant.runAs(own, () => service.list())).toBe('patients of norte');
    expect(tenant.isCrossTenant).toBe(false);
    const crossed = await tenant.crossTenant({ reason: 'ticket', to: 'sur' }, () => [
      service.list(),
      tenant.isCrossTenant,
    ]);
    expect(crossed).toEqual(['patients of sur', true]);
    expect(await tenant.crossTenant({ reason: 'ticket' }, () => service.whose())).toBeNull();
    const job = await unit(null);
    expect(job.tenant.run('sur', () => job.service.list())).toBe('patients of sur');
    const ana = testIdentity({ tenantId: 'este' });
    expect(job.tenant.runAs(ana, () => job.service.list())).toBe('patients of este');
  });

  it.each([[''], ['norte sur'], [7]])('refuses %j, which is no id of a tenant', (tenantId) => {
    expect(() => Reflect.apply(provideTenant, undefined, [tenantId])).toThrow(
      PatronusConfigurationError,
    );
  });

  it('refuses a misspelt field of a caller', () => {
    const user = { tenant: 'norte' };
    expect(() => Reflect.apply(testIdentity, undefined, [user])).toThrow('tenant');
  });
});

@Injectable()
class RecordsService {
  constructor(private readonly access: Access) {}
  async open(sealed: boolean) {
    if (sealed)
      await this.access.require(anyOf(permissions('records.unseal'), platformRoles('STAFF')));
    return 'opened';
  }
  may(requirement: AccessRequirement, ...subject: readonly [] | readonly [AccessSubject]) {
    return this.access.has(requirement, ...subject);
  }
}

async function records(...given: Parameters<typeof provideAccess>) {
  const module = await Test.createTestingModule({
    providers: [RecordsService, provideAccess(...given), provideTenant('norte')],
  }).compile();
  return { service: module.get(RecordsService), tenant: module.get(TenantContext) };
}

describe('a unit test of a service that asks what its caller may do', () => {
  const refused = (code: string) => expect.objectContaining({ name: 'PatronusError', code });
  const options = {
    roles: { doctor: ['records.*'], nurse: ['records.read'], head: { inherits: ['nurse'] } },
    scopes: { records: ['records.read'], all: ['*'] },
  };

  it.each<[string, TestUser]>([
    ['a permission', { permissions: ['records.unseal'] }],
    ['a role over the platform', { platformRoles: ['STAFF'] }],
  ])('lets the caller in by %s', async (_by, user) => {
    expect(await (await records(user)).service.open(true)).toBe('opened');
  });

  it.each<[string, TestUser | null, string]>([
    ['another permission', { permissions: ['records.read'] }, 'permission_denied'],
    [
      'a permission over the platform',
      { platformPermissions: ['records.unseal'] },
      'permission_denied',
    ],
    ['a role inside the tenant', { roles: ['STAFF'] }, 'permission_denied'],
    ['no caller', null, 'token_missing'],
  ])('refuses %s', async (_who, user, code) => {
    const { service } = await records(user);
    expect(await service.open(false)).toBe('opened');
    await expect(service.open(true)).rejects.toEqual(refused(code));
  });

  it.each<[TestUser, AccessRequirement, boolean]>([
    [{ roles: ['doctor'], scopes: ['all'] }, permissions('records.unseal'), true],
    [{ roles: ['doctor'], scopes: ['records'] }, permissions('records.unseal'), false],
    [{ roles: ['head'], scopes: ['all'] }, permissions('records.read'), true],
    [{ roles: ['head'], scopes: ['all'] }, permissions('records.write'), false],
    [{ roles: ['head'] }, roles('nurse'), true],
    [{ roles: ['nurse'] }, roles('head'), false],
  ])(
    'evaluates the roles and the scopes of the application: %j, %j: %j',
    async (user, asked, may) => {
      jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
      expect(await (await records(user, options)).service.may(asked)).toBe(may);
      jest.restoreAllMocks();
    },
  );

  it('asks a source of the application', async () => {
    const source = ({ identity, tenantId }: PermissionSubject) => ({
      permissions: identity.id === 'ana' && tenantId === 'norte' ? ['records.unseal'] : [],
    });
    const ofAna = await records({ id: 'ana', tenantId: 'norte' }, { source });
    expect(await ofAna.service.open(true)).toBe('opened');
    const ofBen = await records({ id: 'ben', tenantId: 'norte' }, { source });
    await expect(ofBen.service.open(true)).rejects.toEqual(refused('permission_denied'));
  });

  it('knows another subject, and whom work runs as', async () => {
    const ana = { id: 'ana', tenantId: 'norte', permissions: ['records.unseal'] };
    const { service, tenant } = await records(ana);
    const ben = testIdentity({ id: 'ben', tenantId: 'norte' });
    const asked = permissions('records.unseal');
    expect(await service.may(asked)).toBe(true);
    expect(await service.may(asked, { identity: ben })).toBe(false);
    expect(await service.may(asked, { identity: testIdentity(ana) })).toBe(true);
    expect(await tenant.run('norte', () => service.may(asked))).toBe(true);
    expect(await tenant.runAs(ben, () => service.may(asked))).toBe(false);
  });

  async function inTenant(tenantId: string | null, user: TestUser | null) {
    const module = await Test.createTestingModule({
      providers: [RecordsService, provideTenant(tenantId), provideAccess(user, options)],
    }).compile();
    return { service: module.get(RecordsService), tenant: module.get(TenantContext) };
  }
  const asked = permissions('records.read');
  const norteDoctor = { id: 'ana', tenantId: 'norte', roles: ['doctor'], scopes: ['all'] };

  it.each([
    ['norte', true],
    ['sur', false],
    [null, true],
  ])('checks a subject of norte in the provided tenant %j: %j', async (tenantId, may) => {
    const { service } = await inTenant(tenantId, null);
    const identity = testIdentity(norteDoctor);
    expect(await service.may(asked, { identity })).toBe(may);
  });

  it.each<[string | null, TestUser, boolean]>([
    ['norte', norteDoctor, true],
    ['sur', norteDoctor, false],
    [null, norteDoctor, true],
    ['sur', { roles: ['doctor'], scopes: ['all'] }, true],
  ])('checks its caller in the provided tenant %j: %j: %j', async (tenantId, user, may) => {
    expect(await (await inTenant(tenantId, user)).service.may(asked)).toBe(may);
  });

  it('says that the caller belongs to another tenant', async () => {
    const { service } = await inTenant('sur', norteDoctor);
    await expect(service.open(true)).rejects.toEqual(refused('tenant_mismatch'));
  });

  it('checks a subject in the tenant of whom work runs as', async () => {
    const { service, tenant } = await inTenant(null, null);
    const identity = testIdentity(norteDoctor);
    const of = (tenantId: string) =>
      tenant.runAs(testIdentity({ tenantId }), () => service.may(asked, { identity }));
    expect([await of('norte'), await of('sur')]).toEqual([true, false]);
  });

  it('asks the source about the provided tenant', async () => {
    const source = ({ tenantId }: PermissionSubject) => ({
      permissions: tenantId === 'norte' ? ['records.unseal'] : [],
    });
    const { service } = await records({ id: 'ana' }, { source });
    expect(await service.open(true)).toBe('opened');
  });

  it('needs no tenant to be provided', async () => {
    const module = await Test.createTestingModule({
      providers: [RecordsService, provideAccess(norteDoctor, options)],
    }).compile();
    expect(await module.get(RecordsService).may(asked)).toBe(true);
  });

  it('refuses a misspelt field or option', () => {
    const provide = (...given: readonly unknown[]) =>
      Reflect.apply(provideAccess, undefined, given);
    expect(() => provide({ permission: [] })).toThrow('Did you mean "permissions"?');
    expect(() => provide({}, { role: {} })).toThrow('Did you mean "roles"?');
  });
});

describe('importing @patronus/nestjs/testing/jest', () => {
  it('is enough for the matchers', () => {
    const denied = { status: 403, headers: {}, body: { code: 'permission_denied' } };
    expect({ status: 200, headers: {}, body: {} }).toBeAllowed();
    expect(denied).toBeDenied();
    expect(denied).toBeDeniedWith('permission_denied');
    expect(() => expect(denied).toBeAllowed()).toThrow('an error permission_denied');
  });
});
