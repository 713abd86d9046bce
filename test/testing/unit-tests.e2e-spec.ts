import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import '@patronus/nestjs/testing/jest';
import { Controller, Get, Injectable } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  CurrentUser,
  type Identity,
  PatronusConfigurationError,
  TenantContext,
  TenantJobs,
} from '@patronus/nestjs';
import { provideTenant, testIdentity } from '@patronus/nestjs/testing';

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

describe('importing @patronus/nestjs/testing/jest', () => {
  it('is enough for the matchers', () => {
    const denied = { status: 403, headers: {}, body: { code: 'permission_denied' } };
    expect({ status: 200, headers: {}, body: {} }).toBeAllowed();
    expect(denied).toBeDenied();
    expect(denied).toBeDeniedWith('permission_denied');
    expect(() => expect(denied).toBeAllowed()).toThrow('an error permission_denied');
  });
});
