import 'reflect-metadata';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type INestApplicationContext, Logger, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  Access,
  AuthEvents,
  type DeniedEvent,
  type Identity,
  PatronusModule,
  permissions,
  platformRoles,
  roles,
  TenantContext,
  TenantJobs,
} from '@patronus/nestjs';
import { ISSUER, person, Roster, Table } from './access-roster.js';

describe('Access outside of requests', () => {
  let app: INestApplicationContext;
  let access: Access;
  let tenant: TenantContext;
  let roster: Roster;
  let denials: DeniedEvent[];

  beforeAll(async () => {
    roster = new Roster();
    @Module({
      imports: [
        PatronusModule.forRoot({
          identityProvider: new Table(),
          tenancy: { memberships: { claim: 'clinics' } },
          permissions: { source: roster, roles: { doctor: ['notes.read'] } },
        }),
      ],
    })
    class JobsModule {}
    app = await NestFactory.createApplicationContext(JobsModule, { logger: false });
    access = app.get(Access);
    tenant = app.get(TenantContext);
    roster.tenant = tenant;
    app.get(AuthEvents).on('denied', (event) => denials.push(event));
  });
  afterAll(() => app.close());
  beforeEach(() => {
    roster.failure = undefined;
    roster.asked.length = 0;
    denials = [];
    jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
    jest.spyOn(Logger.prototype, 'debug').mockReturnValue();
  });

  const denied = (code: string, details: object = {}): unknown =>
    expect.objectContaining({ name: 'PatronusError', code, ...details });

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
      const jobs = app.get(TenantJobs);
      const packed = tenant.run('norte', () => jobs.pack({ note: 7 }));
      expect(await jobs.run(packed, () => access.has(read))).toBe(false);
      await expect(jobs.run(packed, () => access.require(read))).rejects.toEqual(
        denied('token_missing'),
      );
      expect(denials).toMatchObject([{ tenant: 'norte' }]);
      expect(roster.asked).toEqual([]);
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
      expect(roster.asked).toContain('este');
    });

    it('grants nothing in a tenant that it does not belong to', async () => {
      for (const identity of [ana, member]) {
        expect(await access.has(doctor, { identity, tenantId: 'sur' })).toBe(false);
        const required = access.require(doctor, { identity, tenantId: 'sur' });
        await expect(required).rejects.toEqual(denied('tenant_mismatch'));
      }
      expect(await tenant.run('sur', () => access.has(doctor, { identity: ana }))).toBe(false);
      expect(roster.asked).not.toContain('sur');
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
      roster.failure = new Error('the roster is down');
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
});
