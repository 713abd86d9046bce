import { afterEach, describe, expect, it } from '@jest/globals';
import { type INestApplication, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AuthEvents, PatronusModule } from '@patronus/nestjs';
import { oidc } from '@patronus/nestjs/jwt';
import { TestIssuer } from '@patronus/nestjs/testing';
import { CLINIC_ROLES } from '../../../apps/sample/src/access/clinic-access.js';
import { StaffController } from '../../../apps/sample/src/staff/staff.controller.js';
import { StaffService } from '../../../apps/sample/src/staff/staff.service.js';
import { ADAPTERS, adapterFor, ClinicUnderTest, demoUser } from '../support/clinic-under-test.js';

describe.each(ADAPTERS)('the controller that names its guards, on %s', (adapter) => {
  let stop: () => Promise<unknown> = () => Promise.resolve();
  afterEach(() => stop());

  it('decides once for each request beside the global guards', async () => {
    const clinic = await ClinicUnderTest.start(adapter);
    stop = () => clinic.close();
    const told: string[] = [];
    const events = clinic.app.get(AuthEvents);
    events.on('allowed', ({ route }) => told.push(`allowed ${route}`));
    events.on('denied', ({ code }) => told.push(code));
    const statusFor = async (user: string) => {
      const authorization = `Bearer ${await clinic.issuer.mint(demoUser(user))}`;
      return (await fetch(`${clinic.url}/staff`, { headers: { authorization } })).status;
    };
    expect(await statusFor('tenant-admin')).toBe(200);
    expect(await statusFor('doctor')).toBe(403);
    expect(told).toEqual(['allowed StaffController.list', 'role_denied']);
  });

  it('is as closed where there are no global guards', async () => {
    const issuer = await TestIssuer.start();
    @Module({
      imports: [
        PatronusModule.forRoot({
          identityProvider: oidc({ issuer: issuer.issuer, audience: 'test' }),
          tenancy: { claim: 'empresa_id' },
          permissions: CLINIC_ROLES,
          guards: 'manual',
        }),
      ],
      controllers: [StaffController],
      providers: [{ provide: StaffService, useValue: { list: () => ['ana'] } }],
    })
    class StaffOnlyModule {}
    const app: INestApplication = await NestFactory.create(StaffOnlyModule, adapterFor(adapter), {
      logger: false,
    });
    stop = () => Promise.all([app.close(), issuer.stop()]);
    await app.listen(0, '127.0.0.1');
    const ask = async (roles?: readonly string[]) => {
      const token = roles && (await issuer.token({ sub: 'ana', empresa_id: 'norte', roles }));
      const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
      return (await fetch(`${await app.getUrl()}/staff`, { headers })).status;
    };
    expect(await ask()).toBe(401);
    expect(await ask(['doctor'])).toBe(403);
    expect(await ask(['tenant-admin'])).toBe(200);
  });
});
