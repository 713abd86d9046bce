import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as client from 'openid-client';
import { hasRedisServer, RedisProcess } from '../../core/redis-process.js';
import { OAuthBed, PASSWORD } from '../support/oauth-bed.js';
import { tokensFor } from '../support/oauth-flow.js';
import { platformStorage, type PlatformStorage, STORAGES } from '../support/platform-storage.js';
import { until } from '../../environment/until.js';

const NEW_PASSWORD = 'a violet kettle sings to eleven foxes';
const OFFLINE = { scope: 'openid offline_access', prompt: 'consent' };

const together = STORAGES.includes('PostgreSQL + Redis') ? describe : describe.skip;

together('what one of two instances is told, the other knows within a second:', () => {
  let storage: PlatformStorage;
  let one: OAuthBed;
  let other: OAuthBed;

  beforeAll(async () => {
    storage = await platformStorage('PostgreSQL + Redis');
    one = await OAuthBed.start({ on: storage });
    other = await OAuthBed.start({ on: storage, environment: { ISSUER: one.url } });
  });

  afterAll(async () => {
    await other.close();
    await one.close();
    await storage.clear();
  });

  const logIn = async (email: string, password = PASSWORD) =>
    (await one.platform.api('POST', '/api/v1/auth/login', { email, password })).body;
  const sessions = async (token: string) =>
    (await other.platform.api('GET', '/api/v1/me/sessions', undefined, token)).status;

  /** The actions that end sessions. */
  const ends: readonly [string, (email: string, token: string) => Promise<{ status: number }>][] = [
    [
      'a password was changed',
      (_email, token) => {
        const body = { currentPassword: PASSWORD, newPassword: NEW_PASSWORD };
        return one.platform.api('POST', '/api/v1/auth/change-password', body, token);
      },
    ],
    [
      'a password was forgotten, and chosen anew',
      async (email) => {
        await one.platform.api('POST', '/api/v1/auth/forgot-password', { email });
        const token = await one.platform.tokenMailedTo(email);
        const body = { token, password: NEW_PASSWORD };
        return one.platform.api('POST', '/api/v1/auth/reset-password', body);
      },
    ],
    [
      'an account was deactivated',
      (_email, token) =>
        one.platform.api('POST', '/api/v1/me/deactivate', { currentPassword: PASSWORD }, token),
    ],
    [
      'an account was deleted',
      (_email, token) =>
        one.platform.api('DELETE', '/api/v1/me', { currentPassword: PASSWORD }, token),
    ],
  ];

  it.each(ends)('%s', async (_what, end) => {
    const { email } = await one.person();
    const web = await one.relyingParty('web');
    const tokens = await tokensFor(web, one.browser(), email, OFFLINE);
    const [asking, elsewhere] = [await logIn(email), await logIn(email)];
    expect(await sessions(elsewhere.accessToken)).toBe(200);

    expect((await end(email, asking.accessToken)).status).toBeLessThan(300);
    const endedAt = performance.now();
    await until(true, async () => (await sessions(elsewhere.accessToken)) === 401);

    expect(performance.now() - endedAt).toBeLessThan(1000);
    const { refreshToken } = elsewhere;
    expect(
      (await other.platform.api('POST', '/api/v1/auth/refresh', { refreshToken })).status,
    ).toBe(401);
    await expect(client.refreshTokenGrant(web, tokens.refresh_token!)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    const { active } = await client.tokenIntrospection(web, tokens.access_token);
    expect(active).toBe(false);
    expect((await logIn(email)).accessToken).toBeUndefined();
  });
});

(hasRedisServer() ? describe : describe.skip)('while nobody knows what was revoked', () => {
  let redis: RedisProcess;
  let bed: OAuthBed;

  beforeAll(async () => {
    redis = await RedisProcess.start();
    bed = await OAuthBed.start({ environment: { REDIS_URL: redis.url, RATE_LIMITS: 'on' } });
  });

  afterAll(async () => {
    await bed.close();
    await redis.kill();
  });

  it('refuses tokens and logins, and accepts both afterwards', async () => {
    const { email } = await bed.person();
    const credentials = { email, password: PASSWORD };
    const logIn = () => bed.platform.api('POST', '/api/v1/auth/login', credentials);
    const { accessToken } = (await logIn()).body;
    const me = () => bed.platform.api('GET', '/api/v1/me', undefined, accessToken);
    expect((await me()).status).toBe(200);

    await redis.kill();
    await until(true, async () => (await me()).status === 503);
    expect((await logIn()).status).toBe(503);

    await redis.start();
    await until(true, async () => (await me()).status === 200);
    await until(true, async () => (await logIn()).status === 200);
  });
});
