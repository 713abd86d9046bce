import 'reflect-metadata';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Controller, Get, type INestApplication, Logger, Module } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { HealthCheck, HealthCheckService, TerminusModule } from '@nestjs/terminus';
import {
  Identity,
  IdentityProvider,
  PatronusModule,
  Public,
  type PatronusModuleOptions,
} from '@patronus/nestjs';
import { oidc } from '@patronus/nestjs/jwt';
import { platformRevocations } from '@patronus/nestjs/platform';
import { redisRevocations } from '@patronus/nestjs/redis';
import { TestIssuer, TestKey } from '@patronus/nestjs/testing';
import { PatronusHealthIndicator } from '../../libs/patronus/src/terminus/index.js';
import { ADAPTERS } from '../core/adapters.js';
import { ask } from '../core/ask.js';
import { listen, type ListeningApp } from '../core/listening-app.js';
import { hasRedisServer, OwnRedis } from '../core/own-redis.js';
import { until } from '../environment/until.js';
import { EventPlatform } from '../fixtures/event-platform.js';

@Controller()
class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly patronus: PatronusHealthIndicator,
  ) {}

  @Public() @HealthCheck() @Get('health') check() {
    return this.health.check([() => this.patronus.check('patronus')]);
  }
  @Get('notes') notes() {
    return { ok: true };
  }
}

function moduleOf(options: PatronusModuleOptions) {
  @Module({
    imports: [PatronusModule.forRoot(options), TerminusModule.forRoot({ logger: false })],
    controllers: [HealthController],
    providers: [PatronusHealthIndicator],
  })
  class ClinicModule {}
  return ClinicModule;
}

describe.each(ADAPTERS)('the health of an application, on %s', (_name, adapter) => {
  const ending: (() => Promise<void>)[] = [];
  let issuer: TestIssuer;
  let now: number;

  beforeEach(async () => {
    now = Date.now();
    jest.spyOn(Date, 'now').mockImplementation(() => now);
    issuer = await started();
  });
  afterEach(async () => {
    for (const end of ending.splice(0).toReversed()) await end();
    jest.restoreAllMocks();
  });

  async function started(): Promise<TestIssuer> {
    const made = await TestIssuer.start();
    ending.push(() => made.stop());
    return made;
  }
  async function run(options: PatronusModuleOptions): Promise<ListeningApp> {
    const running = await listen(moduleOf(options), adapter());
    ending.push(() => running.app.close());
    return running;
  }
  const trust = ({ url }: TestIssuer) => oidc({ issuer: url, audience: 'test' });
  const health = (on: ListeningApp) => ask(on, 'health');
  const pass = (seconds: number): number => (now += seconds * 1000);

  /** Stops the issuer, and makes the provider notice: a token with an unknown key is sent. */
  async function lose(on: ListeningApp, lost = issuer): Promise<void> {
    lost.outage('error');
    const token = await lost.token({}, { key: await TestKey.generate('RS256') });
    expect((await ask(on, 'notes', token)).status).toBe(503);
  }

  it('is good while all is well, and asks nobody', async () => {
    const running = await run({ identityProvider: trust(issuer), identityCache: { max: 7 } });
    expect((await ask(running, 'notes', await issuer.token())).status).toBe(200);
    expect(await health(running)).toMatchObject({ status: 200 });
    const { jwks } = issuer.fetches;
    expect(await health(running)).toMatchObject({
      status: 200,
      body: {
        status: 'ok',
        details: {
          patronus: {
            status: 'up',
            unreachable: [],
            identityCache: { size: 1, max: 7 },
            revocations: 'current',
          },
        },
      },
    });
    expect(issuer.fetches.jwks).toBe(jwks);
  });

  it('is degraded while keys are known and their issuer is away, and recovers', async () => {
    const running = await run({ identityProvider: trust(issuer) });
    const token = await issuer.token();
    expect(await health(running)).toMatchObject({ status: 200, body: { status: 'ok' } });
    pass(60);
    await lose(running);
    const since = new Date(now).toISOString();
    expect(await health(running)).toMatchObject({
      status: 200,
      body: {
        status: 'degraded',
        details: {
          patronus: {
            status: 'degraded',
            unreachable: [{ provider: 'oidc', issuer: issuer.url, since }],
            keys: [{ provider: 'oidc', issuer: issuer.url, count: 1, age: 60 }],
          },
        },
      },
    });
    expect((await ask(running, 'notes', token)).status).toBe(200);
    issuer.recover();
    pass(60);
    expect(await health(running)).toMatchObject({ status: 200, body: { status: 'ok' } });
  });

  it('is bad once the known keys are too old to count', async () => {
    const running = await run({ identityProvider: trust(issuer) });
    expect((await health(running)).status).toBe(200);
    pass(60);
    await lose(running);
    pass(3600);
    expect(await health(running)).toMatchObject({
      status: 503,
      body: {
        status: 'error',
        details: { patronus: { status: 'down', keys: [{ count: 0, age: 3660 }] } },
      },
    });
    expect((await ask(running, 'notes', await issuer.token())).status).toBe(503);
  });

  it('is bad where no key was ever fetched, until one is', async () => {
    issuer.outage('refuse');
    const running = await run({ identityProvider: trust(issuer) });
    expect((await health(running)).status).toBe(503);
    issuer.recover();
    pass(60);
    expect((await health(running)).status).toBe(200);
  });

  it('is degraded where one issuer of two is away, and bad where both are', async () => {
    const other = await started();
    other.outage('error');
    const running = await run({ identityProvider: [trust(issuer), trust(other)] });
    expect(await health(running)).toMatchObject({
      status: 200,
      body: { details: { patronus: { unreachable: [{ issuer: other.url }] } } },
    });
    await lose(running);
    pass(3700);
    expect(await health(running)).toMatchObject({ status: 503 });
  });

  it('tells no secret', async () => {
    class LeakyProvider extends IdentityProvider {
      readonly name = 'leaky';
      override async authenticate(): Promise<Identity> {
        const leaky = 'https://user:hunter2@id.example/realm?key=hunter3';
        this.report({
          type: 'provider_unavailable',
          provider: this.name,
          issuer: leaky,
          reason: 'hunter4',
        });
        throw new Error('hunter5');
      }
      override warmUp(): Promise<void> {
        return Promise.reject(new Error('hunter6'));
      }
    }
    const running = await run({ identityProvider: new LeakyProvider() });
    expect((await ask(running, 'notes', 'hunter7')).status).toBe(503);
    const { status, body } = await health(running);
    expect(status).toBe(503);
    expect(JSON.stringify(body)).toContain('"issuer":"https://id.example/realm"');
    expect(JSON.stringify(body)).not.toContain('hunter');
  });
});

const isLeftOut = !hasRedisServer() && process.env['CI'] !== 'true';

(isLeftOut ? describe.skip : describe)('the health of an application with revocations', () => {
  it('is bad while Redis is not heard, and every caller is refused', async () => {
    const [issuer, redis] = [await TestIssuer.start(), await OwnRedis.make({ keepsData: false })];
    await redis.start();
    let app: INestApplication | undefined;
    try {
      const running = await listen(
        moduleOf({
          identityProvider: oidc({ issuer: issuer.url, audience: 'test' }),
          revocations: redisRevocations({ url: redis.url }),
        }),
        new ExpressAdapter(),
      );
      ({ app } = running);
      const seen = async () => (await ask(running, 'health')).status;
      await until(200, seen);
      await redis.kill();
      await until(503, seen);
      expect((await ask(running, 'notes', await issuer.token())).status).toBe(503);
      const { body } = await ask(running, 'health');
      expect(body).toMatchObject({ details: { patronus: { revocations: 'unknown' } } });
      expect(JSON.stringify(body)).not.toContain(redis.url);
      await redis.start();
      await until(200, seen);
    } finally {
      await app?.close();
      await redis.remove();
      await issuer.stop();
    }
  });
});

describe('the health of an application that listens to the platform', () => {
  it('is bad while the platform is not heard', async () => {
    const platform = await EventPlatform.start();
    const { issuer } = platform;
    const signer = await TestIssuer.start({ issuer });
    jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => {});
    let app: INestApplication | undefined;
    try {
      const running = await listen(
        moduleOf({
          identityProvider: oidc({ issuer, audience: 'test', jwksUri: signer.jwksUri }),
          revocations: platformRevocations({ issuer, clientId: 'clinic', clientSecret: 'hush' }),
        }),
        new ExpressAdapter(),
      );
      ({ app } = running);
      const seen = async () => (await ask(running, 'health')).status;
      await until(200, seen);
      await platform.stop();
      await until(503, seen);
      const { body } = await ask(running, 'health');
      expect(body).toMatchObject({ details: { patronus: { revocations: 'unknown' } } });
      await platform.listen();
      await until(200, seen);
    } finally {
      await app?.close();
      await signer.stop();
      await platform.stop();
      jest.restoreAllMocks();
    }
  });
});
