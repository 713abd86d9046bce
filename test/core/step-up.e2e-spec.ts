import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module } from '@nestjs/common';
import { PatronusModule, RequireAuthentication, RequirePermissions } from '@patronus/nestjs';
import { oidc } from '@patronus/nestjs/jwt';
import { TestIssuer } from '@patronus/nestjs/testing';
import { ADAPTERS } from './adapters.js';
import { ask } from './ask.js';
import { listen, type ListeningApp } from './listening-app.js';

const GOLD = 'urn:example:gold';

@Controller()
class PrescriptionsController {
  handled = 0;

  @Get('recent') @RequireAuthentication({ within: '5m' }) recent() {
    return (this.handled += 1);
  }
  @Get('otp') @RequireAuthentication({ methods: ['otp'] }) otp() {
    return (this.handled += 1);
  }
  @RequirePermissions('prescriptions.sign')
  @RequireAuthentication({ within: '5m', level: [GOLD, 'urn:example:platinum'] })
  @Get('sign')
  sign() {
    return (this.handled += 1);
  }
}

const challenge = (parameters = ''): string =>
  'Bearer realm="patronus", error="insufficient_user_authentication", ' +
  `error_description="This needs a more recent or a stronger authentication."${parameters}`;

describe.each(ADAPTERS)('a step-up, on %s', (_name, adapter) => {
  let issuer: TestIssuer;
  let running: ListeningApp;

  beforeAll(async () => {
    issuer = await TestIssuer.start();
    @Module({
      imports: [
        PatronusModule.forRoot({
          identityProvider: oidc({ issuer: issuer.url, audience: 'test' }),
        }),
      ],
      controllers: [PrescriptionsController],
    })
    class ClinicModule {}
    running = await listen(ClinicModule, adapter());
  });
  afterAll(async () => {
    await running.app.close();
    await issuer.stop();
  });

  const now = (): number => Math.floor(Date.now() / 1000);
  const asked = async (path: string, claims: object) =>
    ask(running, path, await issuer.token({ ...claims }));

  /** Requires the answer to a caller that must step up; the handler has not run. */
  async function expectStepUp(path: string, claims: object, parameters?: string): Promise<void> {
    const controller = running.app.get(PrescriptionsController);
    const before = controller.handled;
    expect(await asked(path, claims)).toEqual({
      status: 401,
      body: {
        statusCode: 401,
        code: 'step_up_required',
        message: 'This needs a more recent or a stronger authentication.',
      },
      challenge: challenge(parameters),
    });
    expect(controller.handled).toBe(before);
  }

  it('is asked for where the login was too long ago, or is not known', async () => {
    expect((await asked('recent', { auth_time: now() - 10 })).status).toBe(200);
    await expectStepUp('recent', { auth_time: now() - 310 }, ', max_age="300"');
    await expectStepUp('recent', { auth_time: String(now()) }, ', max_age="300"');
    await expectStepUp('recent', {}, ', max_age="300"');
  });

  it('is asked for where a method is missing', async () => {
    expect((await asked('otp', { amr: ['pwd', 'otp'] })).status).toBe(200);
    await expectStepUp('otp', { amr: ['pwd'] });
    await expectStepUp('otp', { amr: 'pwd' });
    expect((await asked('otp', { amr: 'otp pwd' })).status).toBe(200);
  });

  it('names the levels and the age that would do', async () => {
    const parameters = `, acr_values="${GOLD} urn:example:platinum", max_age="300"`;
    const good = { auth_time: now(), acr: GOLD, permissions: ['prescriptions.sign'] };
    expect((await asked('sign', good)).status).toBe(200);
    await expectStepUp('sign', { ...good, acr: 'urn:example:silver' }, parameters);
    await expectStepUp('sign', { ...good, auth_time: now() - 310 }, parameters);
  });

  it('comes before permissions, and never replaces them', async () => {
    await expectStepUp('sign', {}, `, acr_values="${GOLD} urn:example:platinum", max_age="300"`);
    expect(await asked('sign', { auth_time: now(), acr: GOLD })).toMatchObject({
      status: 403,
      body: { code: 'permission_denied' },
    });
  });

  it('is asked of a caller that is cached already', async () => {
    const token = await issuer.token({ auth_time: now() - 310, amr: ['otp'] });
    expect((await ask(running, 'otp', token)).status).toBe(200);
    expect(await ask(running, 'recent', token)).toMatchObject({
      status: 401,
      body: { code: 'step_up_required' },
    });
  });
});
