import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Identity } from '@patronus/nestjs';
import { type RedisRevocations, redisRevocations } from '@patronus/nestjs/redis';
import { hasRedisServer, OwnRedis } from './own-redis.js';
import { until } from '../environment/until.js';
import { Wire } from './wire.js';

jest.setTimeout(30_000);

/** Returns the outcome of a request of `id`. */
function answerOf(revocations: RedisRevocations, id: string): string {
  const issuedAt = Math.floor(Date.now() / 1000) - 60;
  const expiresAt = issuedAt + 600;
  const identity = new Identity({ id, issuer: 'i', provider: 'p', issuedAt, expiresAt });
  try {
    return revocations.isRevoked(identity, undefined) ? 'revoked' : 'good';
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : 'failed';
  }
}

const isLeftOut = !hasRedisServer() && process.env['CI'] !== 'true';

(isLeftOut ? describe.skip : describe)('revocations through an outage of Redis', () => {
  let warned: ReturnType<typeof jest.spyOn>;
  const ending: (() => Promise<void>)[] = [];

  beforeEach(() => {
    warned = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => {});
    jest.spyOn(Logger.prototype, 'log').mockImplementation(() => {});
  });
  afterEach(async () => {
    for (const end of ending.splice(0).toReversed()) await end();
    jest.restoreAllMocks();
  });

  async function redis(keepsData: boolean): Promise<OwnRedis> {
    const made = await OwnRedis.make({ keepsData });
    ending.push(() => made.remove());
    return made;
  }

  async function instance(
    on: { readonly url: string },
    options: object = {},
  ): Promise<RedisRevocations> {
    const revocations = redisRevocations({ url: on.url, ...options });
    await revocations.start();
    ending.push(() => revocations.stop());
    return revocations;
  }

  const failures: readonly (readonly [
    name: string,
    fail: (on: OwnRedis) => unknown,
    mend: (on: OwnRedis) => unknown,
  ])[] = [
    ['killed', (on) => on.kill(), (on) => on.start()],
    ['halted', (on) => on.halt(), (on) => on.resume()],
  ];

  it.each(failures)('deny or allow while it is %s, and recover', async (_, fail, mend) => {
    const own = await redis(true);
    await own.start();
    const [denies, allows] = [
      await instance(own),
      await instance(own, { whenUnreachable: 'allow' }),
    ];
    await denies.revoke({ user: 'ana' });
    await until('revoked', () => answerOf(allows, 'ana'));
    await fail(own);
    await until('provider_unavailable', () => answerOf(denies, 'ben'));
    expect(answerOf(denies, 'ana')).toBe('revoked');
    expect(answerOf(allows, 'ana')).toBe('revoked');
    expect(answerOf(allows, 'ben')).toBe('good');
    for (const one of [denies, allows]) {
      await expect(one.revoke({ user: 'cleo' })).rejects.toMatchObject({
        code: 'provider_unavailable',
      });
    }
    await mend(own);
    await until('good', () => answerOf(denies, 'ben'));
    expect(warned).toHaveBeenCalledTimes(2);
    await denies.revoke({ user: 'ben' });
    for (const one of [denies, allows]) await until('revoked', () => answerOf(one, 'ben'));
    expect(answerOf(await instance(own), 'ana')).toBe('revoked');
  });

  it('start without it, and count once it is there', async () => {
    const own = await redis(true);
    const [denies, allows] = [
      await instance(own),
      await instance(own, { whenUnreachable: 'allow' }),
    ];
    expect(answerOf(denies, 'ana')).toBe('provider_unavailable');
    expect(answerOf(allows, 'ana')).toBe('good');
    await own.start();
    await until('good', () => answerOf(denies, 'ana'));
    await denies.revoke({ user: 'ana' });
    await until('revoked', () => answerOf(allows, 'ana'));
  });

  it('start beside one that is halted, and stop', async () => {
    const own = await redis(true);
    await own.start();
    own.halt();
    const revocations = redisRevocations({ url: own.url });
    await revocations.start();
    expect(answerOf(revocations, 'ana')).toBe('provider_unavailable');
    await revocations.stop();
    own.resume();
  });

  it('are put back where it lost its data, for those who start later', async () => {
    const own = await redis(false);
    await own.start();
    const first = await instance(own);
    await first.revoke({ user: 'ana' });
    await own.kill();
    await own.start();
    await until('good', () => answerOf(first, 'ben'));
    await until('revoked', async () => {
      const later = redisRevocations({ url: own.url });
      await later.start();
      const answer = answerOf(later, 'ana');
      await later.stop();
      return answer;
    });
  });

  it('are put back for those who came back sooner, too', async () => {
    const own = await redis(false);
    await own.start();
    const wires = [await Wire.to(own.url), await Wire.to(own.url)] as const;
    for (const wire of wires) ending.push(() => wire.close());
    const [knows, missed] = [await instance(wires[0]), await instance(wires[1])];
    wires[1].cut();
    await knows.revoke({ user: 'ana' });
    wires[0].cut();
    await own.kill();
    await own.start();
    await until('provider_unavailable', () => answerOf(missed, 'ana'));
    wires[1].mend();
    await until('good', () => answerOf(missed, 'ana'));
    wires[0].mend();
    await until('revoked', () => answerOf(missed, 'ana'));
  });
});
