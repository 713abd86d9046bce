import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Keyv } from 'keyv';
import { PatronusError } from '../../errors/patronus.error.js';
import type { GrantedAuthority } from './granted-authority.js';
import {
  type Answer,
  canRead,
  gate,
  no,
  NOW,
  processOver,
  reads,
  settled,
  subject,
  yes,
} from '../../../../../test/fixtures/permission-process.js';

beforeEach(() => {
  jest.useFakeTimers({ now: NOW, doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
});
afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
});

describe('PermissionCache', () => {
  it('asks once for a thousand callers at the same time, and answers at once afterwards', async () => {
    const { ask, cache } = processOver([new Keyv()], () => yes);
    expect(cache.find(subject())).toBeUndefined();
    const all = await Promise.all(Array.from({ length: 1000 }, () => cache.load(subject())));
    expect(ask).toHaveBeenCalledTimes(1);
    expect(all.every(canRead)).toBe(true);
    expect(cache.find(subject())).toMatchObject({ grants: all[0], from: 'source' });
  });

  it('keeps issuers, tenants and subjects apart, however they are spelt', async () => {
    const { ask, cache } = processOver([new Keyv()], ({ identity, tenantId }) => ({
      roles: [JSON.stringify([identity.issuer, tenantId, identity.id])],
    }));
    const who = [
      subject({ issuer: 'a', id: 'bc' }, 'd'),
      subject({ issuer: 'ab', id: 'c' }, 'd'),
      subject({ issuer: 'a', id: 'b' }, 'cd'),
      subject({ issuer: 'a","b', id: 'c' }),
      subject({ issuer: 'a', id: 'c' }, 'b'),
      subject({ issuer: 'a', id: 'c' }),
      subject({ issuer: 'a', id: 'c' }, ''),
      subject({ issuer: 'a', id: 'c' }, 'null'),
      subject({ issuer: 'a', id: 'c' }, 'undefined'),
      subject({ issuer: 'a', id: '\ud800' }),
      subject({ issuer: 'a', id: '\ud801' }),
      subject({ issuer: '__proto__', id: 'constructor' }),
    ];
    for (const one of who) await cache.load(one);
    expect(ask).toHaveBeenCalledTimes(who.length);
    for (const one of who) {
      const { identity, tenantId } = one;
      const role = JSON.stringify([identity.issuer, tenantId, identity.id]);
      expect(cache.find(one)?.grants.tenant.roles).toEqual([role]);
    }
  });

  it('asks again after its ttl, in seconds', async () => {
    const { ask, cache } = processOver([new Keyv()], () => yes, { ttl: 10 });
    await cache.load(subject());
    jest.setSystemTime(NOW + 9999);
    expect(cache.find(subject())).toBeDefined();
    jest.setSystemTime(NOW + 10_000);
    expect(cache.find(subject())).toBeUndefined();
    await cache.load(subject());
    expect(ask).toHaveBeenCalledTimes(2);
  });

  it('keeps nothing in this process past the end of the credential', async () => {
    const { cache } = processOver([new Keyv()], () => yes);
    const brief = subject({ expiresAt: NOW / 1000 + 5 });
    await cache.load(brief);
    jest.setSystemTime(NOW + 4999);
    expect(cache.find(brief)).toBeDefined();
    jest.setSystemTime(NOW + 5000);
    expect(cache.find(brief)).toBeUndefined();
  });

  it('is bounded', async () => {
    const { cache } = processOver([new Keyv()], () => yes, { max: 2 });
    for (const id of ['a', 'b', 'c']) await cache.load(subject({ id }));
    expect(cache.find(subject({ id: 'a' }))).toBeUndefined();
    expect(cache.find(subject({ id: 'c' }))).toBeDefined();
  });

  it('answers out of the shared store what another process asked', async () => {
    const store = new Keyv();
    const [one, other] = [processOver([store], () => yes), processOver([store], () => no)];
    expect(await reads(one.cache)).toBe(true);
    await settled();
    expect(await reads(other.cache)).toBe(true);
    expect(other.ask).not.toHaveBeenCalled();
  });

  it('counts the age of a shared answer from when its source was asked', async () => {
    const store = new Keyv();
    const [one, other] = [processOver([store], () => yes), processOver([store], () => no)];
    await one.cache.load(subject());
    await settled();
    jest.setSystemTime(NOW + 20_000);
    await other.cache.load(subject());
    jest.setSystemTime(NOW + 30_000);
    expect(other.cache.find(subject())).toBeUndefined();
    expect(await reads(other.cache)).toBe(false);
  });

  it('believes no clock that is ahead for longer than the ttl', async () => {
    const store = new Keyv();
    const [one, other] = [processOver([store], () => yes), processOver([store], () => no)];
    jest.setSystemTime(NOW + 600_000);
    await one.cache.load(subject());
    await settled();
    jest.setSystemTime(NOW);
    await other.cache.load(subject());
    expect(other.ask).not.toHaveBeenCalled();
    jest.setSystemTime(NOW + 30_000);
    expect(other.cache.find(subject())).toBeUndefined();
  });

  it('shares no answer that took longer than the ttl', async () => {
    const store = new Keyv();
    const one = processOver([store], () => {
      jest.setSystemTime(NOW + 30_000);
      return yes;
    });
    const other = processOver([store], () => no);
    await one.cache.load(subject());
    await settled();
    expect(one.cache.find(subject())).toBeUndefined();
    jest.setSystemTime(NOW);
    expect(await reads(other.cache)).toBe(false);
  });
});

describe('a source that fails', () => {
  it.each<[string, Answer]>([
    [
      'throws',
      () => {
        throw new Error('database');
      },
    ],
    ['rejects', () => Promise.reject(new Error('database'))],
  ])('%s: 503, and nothing is kept', async (_, answer) => {
    const { ask, cache } = processOver([new Keyv()], answer);
    for (const calls of [1, 2]) {
      await expect(cache.load(subject())).rejects.toMatchObject({
        code: 'provider_unavailable',
        retryAfter: 5,
        reason: 'the permission source failed',
        cause: expect.objectContaining({ message: 'database' }),
      });
      expect(ask).toHaveBeenCalledTimes(calls);
      expect(cache.find(subject())).toBeUndefined();
    }
  });

  it('lets its own PatronusError through', async () => {
    const own = new PatronusError('token_revoked');
    const { cache } = processOver([new Keyv()], () => Promise.reject(own));
    await expect(cache.load(subject())).rejects.toBe(own);
  });

  it.each([undefined, null, { permissions: '*' }, { permissions: [7] }, 'read', [['doctor']]])(
    'answers %j: 503',
    async (answer) => {
      const { cache, shared } = processOver(
        [new Keyv()],
        () => JSON.parse(JSON.stringify({ answer })).answer,
      );
      const write = jest.spyOn(shared, 'set');
      await expect(cache.load(subject())).rejects.toMatchObject({ code: 'provider_unavailable' });
      await settled();
      expect(write.mock.calls.filter(([key]) => key.startsWith('patronus:grants'))).toEqual([]);
    },
  );

  it('hangs: 503 after its time, and the next caller asks anew', async () => {
    const hanging = gate<GrantedAuthority>();
    const { ask, cache } = processOver([new Keyv()], () => hanging.opened);
    const loading = cache.load(subject());
    const refused = expect(loading).rejects.toMatchObject({ code: 'provider_unavailable' });
    await settled();
    await jest.advanceTimersByTimeAsync(5000);
    await refused;
    hanging.open(yes);
    expect(await reads(cache)).toBe(true);
    expect(ask).toHaveBeenCalledTimes(2);
  });
});
