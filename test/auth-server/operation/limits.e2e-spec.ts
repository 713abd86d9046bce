import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createClient } from '@redis/client';
import { RateLimitsService } from '../../../apps/auth-server/src/operation/limits/rate-limits.service.js';
import { RATE_LIMITS } from '../../../apps/auth-server/src/operation/limits/rate-limit.policies.js';
import { redisUrl } from '../../environment/services.js';
import { DoorsController, LimitedBed } from './limited-bed.js';
import { removeKeys } from '../support/remove-keys.js';

const LOGIN = RATE_LIMITS.login.address;
const RESET = RATE_LIMITS.reset.address;
const DEVICE = RATE_LIMITS.device.address;

const STORES = redisUrl() === undefined ? ['memory'] : ['memory', 'Redis'];

describe.each(STORES)('limits in %s', (store) => {
  const prefix = `limits-${randomBytes(6).toString('hex')}`;
  let bed: LimitedBed;

  beforeAll(async () => {
    const redis = { REDIS_URL: redisUrl() ?? '', REDIS_PREFIX: prefix };
    bed = await LimitedBed.start(store === 'Redis' ? redis : {});
  });
  afterAll(async () => {
    await bed.close();
    if (store === 'Redis') await removeKeys(prefix);
  });

  it('say on every limited answer what is left, and nothing on others', async () => {
    const answer = await bed.login('192.0.2.1', { email: 'one@example.com' });
    expect(answer.status).toBe(200);
    const { points, seconds } = LOGIN;
    expect(answer.headers.get('ratelimit-policy')).toBe(`"login-address";q=${points};w=${seconds}`);
    expect(answer.headers.get('ratelimit')).toMatch(
      new RegExp(`^"login-address";r=${points - 1};t=\\d+$`),
    );
    const other = await bed.get('/unlimited', '192.0.2.1');
    expect(other.headers.has('ratelimit')).toBe(false);
  });

  it('count nothing for the account that a request names', async () => {
    for (let at = 0; at < 30; at += 1) {
      const answer = await bed.login(`198.51.100.${at}`, { email: 'bea@gmail.com' });
      expect(answer.status).toBe(200);
      expect(answer.headers.get('ratelimit')).not.toContain('account');
    }
  });

  it('tell in words what was refused', async () => {
    const doors = bed.app.get(DoorsController);
    for (let at = 0; at < LOGIN.points; at += 1) await bed.login('192.0.2.50');
    const before = doors.entered;
    const refused = await bed.login('192.0.2.50');
    expect(refused.status).toBe(429);
    expect(await refused.json()).toMatchObject({ statusCode: 429, code: 'rate_limited' });
    const wait = Number(refused.headers.get('retry-after'));
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(LOGIN.seconds);
    expect(refused.headers.get('ratelimit')).toContain(`"login-address";r=0;t=${wait}`);
    expect(doors.entered).toBe(before);
  });

  it('refuse an address before the guards ask who calls, and count IPv6 by /64', async () => {
    for (let at = 0; at < RESET.points; at += 1) {
      expect((await bed.get('/guarded', `2001:db8:5:6::${at.toString(16)}`)).status).toBe(401);
    }
    const refused = await bed.get('/guarded', '2001:db8:5:6:ffff::1');
    expect(refused.status).toBe(429);
    expect(refused.headers.has('www-authenticate')).toBe(false);
    expect((await bed.get('/guarded', '2001:db8:5:7::1')).status).toBe(401);
  });

  it('count the networks of a /48 together, with a higher limit', async () => {
    const statuses: number[] = [];
    for (let at = 0; at <= RESET.points * 8; at += 1) {
      const answer = await bed.get('/guarded', `2001:db8:77:${at.toString(16)}::1`);
      statuses.push(answer.status);
      if (at === 0) {
        expect(answer.headers.get('ratelimit')).toMatch(
          new RegExp(
            `"reset-address";r=${RESET.points - 1};t=\\d+, "reset-network";r=${RESET.points * 8 - 1}`,
          ),
        );
      }
    }
    expect(statuses.filter((status) => status === 429)).toHaveLength(1);
    expect(statuses.at(-1)).toBe(429);
    expect((await bed.get('/guarded', '2001:db8:78::1')).status).toBe(401);
  });

  it('count an IPv4 address that is written as IPv6 as itself', async () => {
    for (let at = 0; at < RESET.points; at += 1) await bed.get('/guarded', '203.0.113.9');
    expect((await bed.get('/guarded', '::ffff:203.0.113.9')).status).toBe(429);
    expect((await bed.get('/guarded', '::ffff:203.0.113.10')).status).toBe(401);
  });

  it('let exactly so many of parallel requests through', async () => {
    const several = Array.from({ length: LOGIN.points + 20 }, () => bed.login('198.18.0.1'));
    const statuses = (await Promise.all(several)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(LOGIN.points);
  });

  it('let through so many mails to the aliases of an address, for each name of a limit', async () => {
    const limits = bed.app.get(RateLimitsService);
    const aliases = ['bea@gmail.com', 'B.ea+1@gmail.com', ' BEA@googlemail.com'];
    const sent: boolean[] = [];
    for (let at = 0; at < 7; at += 1) sent.push(await limits.mayMail('forgot', aliases[at % 3]!));
    expect(sent).toEqual([true, true, true, true, true, false, false]);
    expect(await limits.mayMail('resend', aliases[0]!)).toBe(true);
    expect(await limits.mayMail('forgot', 'bob@gmail.com')).toBe(true);
  });

  it('count for the account of a caller across its addresses', async () => {
    const limits = bed.app.get(RateLimitsService);
    const ask = (at: number) =>
      limits.require('change-username', { address: `198.51.101.${at}`, account: 'ana' });
    for (let at = 0; at < 10; at += 1) await ask(at);
    await expect(ask(10)).rejects.toMatchObject({ code: 'rate_limited' });
  });

  it('count for endpoints that are not handlers, in the words of OAuth', async () => {
    for (let at = 0; at < DEVICE.points; at += 1) {
      const answer = await bed.get('/oauth/device', '192.0.2.70');
      expect([answer.status, await answer.json()]).toEqual([200, { through: true }]);
      expect(answer.headers.get('ratelimit')).toContain('"device-address";r=');
    }
    const refused = await bed.get('/oauth/device', '192.0.2.70');
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(await refused.json()).toMatchObject({
      error: 'temporarily_unavailable',
      code: 'rate_limited',
    });
  });

  it('do not fall over a body that is no object', async () => {
    for (const body of [[], [1], { email: 5 }, { email: null }, { email: { $gt: '' } }]) {
      expect((await bed.login('192.0.2.80', body)).status).toBe(200);
    }
  });
});

describe('limits in memory', () => {
  it('start over when the window ends', async () => {
    const bed = await LimitedBed.start();
    for (let at = 0; at < RESET.points; at += 1) await bed.get('/guarded', '192.0.2.1');
    expect((await bed.get('/guarded', '192.0.2.1')).status).toBe(429);
    bed.clock.advance(RESET.seconds);
    expect((await bed.get('/guarded', '192.0.2.1')).status).toBe(401);
    await bed.close();
  });

  it('count nothing where they are off', async () => {
    const bed = await LimitedBed.start({ RATE_LIMITS: 'off' });
    const answer = await bed.login('192.0.2.1', { email: 'ana@example.com' });
    expect(answer.headers.has('ratelimit')).toBe(false);
    await bed.close();
  });
});

(redisUrl() === undefined ? describe.skip : describe)('limits that two instances share', () => {
  const prefix = `limits-${randomBytes(6).toString('hex')}`;
  const environment = { REDIS_URL: redisUrl() ?? '', REDIS_PREFIX: prefix };
  afterAll(() => removeKeys(prefix));

  it('count together, under keys that name no account, and that end by themselves', async () => {
    const beds = [await LimitedBed.start(environment), await LimitedBed.start(environment)];
    for (let at = 0; at < 5; at += 1) {
      await beds[at % 2]!.app.get(RateLimitsService).mayMail('forgot', 'ana@example.com');
    }
    for (const bed of beds) {
      const limits = bed.app.get(RateLimitsService);
      expect(await limits.mayMail('forgot', 'Ana+shop@example.com')).toBe(false);
    }
    const keys = await keysOf(prefix);
    expect(keys.size).toBe(1);
    expect([...keys.keys()].join()).not.toMatch(/ana|example/);
    expect([...keys.values()].every((ttl) => ttl > 0)).toBe(true);
    for (const bed of beds) await bed.close();
  });
});

async function keysOf(prefix: string): Promise<Map<string, number>> {
  const client = await createClient({ url: redisUrl() ?? '' }).connect();
  const keys = await client.keys(`${prefix}:*`);
  const ttls = await Promise.all(keys.map((key) => client.ttl(key)));
  client.destroy();
  return new Map(keys.map((key, at) => [key, ttls[at]!]));
}
