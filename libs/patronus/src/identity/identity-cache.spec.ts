import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { LRUCache } from 'lru-cache';
import { Identity, type IdentityFields } from './identity.js';
import { IdentityCache } from './identity-cache.js';

const NOW = Date.UTC(2030, 0, 1);

function identity(fields: Partial<IdentityFields> = {}): Identity {
  return new Identity({
    id: 'ana',
    issuer: 'https://issuer',
    provider: 'test',
    expiresAt: NOW / 1000 + 3600,
    ...fields,
  });
}

describe('IdentityCache', () => {
  beforeEach(() => void jest.useFakeTimers({ now: NOW }));
  afterEach(() => void jest.useRealTimers());

  it('finds an identity by its whole token only', async () => {
    const cache = new IdentityCache();
    await cache.resolve('header.payload.signature', async () => identity());
    expect(cache.recall('header.payload.signature')?.id).toBe('ana');
    for (const other of ['header.payload.signaturE', 'header.payload.', 'header.payload', '']) {
      expect(cache.recall(other)).toBeUndefined();
    }
  });

  it('keeps no token in clear', async () => {
    const kept = jest.spyOn(LRUCache.prototype, 'set');
    await new IdentityCache().resolve('secret-token', async () => identity());
    expect(kept).toHaveBeenCalledTimes(1);
    expect(JSON.stringify(kept.mock.calls)).not.toContain('secret-token');
    kept.mockRestore();
  });

  it('forgets after its ttl', async () => {
    const cache = new IdentityCache({ ttl: 60 });
    await cache.resolve('t', async () => identity());
    jest.setSystemTime(NOW + 59_999);
    expect(cache.recall('t')).toBeDefined();
    jest.setSystemTime(NOW + 60_000);
    expect(cache.recall('t')).toBeUndefined();
    expect(cache.size).toBe(0);
  });

  it('never outlives the token', async () => {
    const cache = new IdentityCache();
    await cache.resolve('t', async () => identity({ expiresAt: NOW / 1000 + 10 }));
    jest.setSystemTime(NOW + 9_999);
    expect(cache.recall('t')).toBeDefined();
    jest.setSystemTime(NOW + 10_000);
    expect(cache.recall('t')).toBeUndefined();
  });

  it('keeps nothing that has already ended', async () => {
    const cache = new IdentityCache();
    await cache.resolve('t', async () => identity({ expiresAt: NOW / 1000 - 1 }));
    await cache.resolve('u', async () => identity({ expiresAt: Number.NaN }));
    expect(cache.size).toBe(0);
  });

  it('verifies once for a thousand at a time', async () => {
    const cache = new IdentityCache();
    const verify = jest.fn(async () => identity());
    const all = await Promise.all(Array.from({ length: 1000 }, () => cache.resolve('t', verify)));
    expect(verify).toHaveBeenCalledTimes(1);
    expect(new Set(all).size).toBe(1);
  });

  it('does not remember a failure', async () => {
    const cache = new IdentityCache();
    await expect(cache.resolve('t', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(cache.recall('t')).toBeUndefined();
    await expect(cache.resolve('t', async () => identity())).resolves.toBeDefined();
  });

  it('stays within its bound', async () => {
    const cache = new IdentityCache({ max: 10 });
    for (let index = 0; index < 1000; index += 1) {
      await cache.resolve(`token-${index}`, async () => identity());
    }
    expect(cache.size).toBe(10);
    expect(cache.recall('token-999')).toBeDefined();
    expect(cache.recall('token-0')).toBeUndefined();
  });

  it('purges by user, tenant and session, all of those given', async () => {
    const fill = async () => {
      const cache = new IdentityCache();
      await cache.resolve('a', async () => identity({ id: 'a', tenantId: 'n', sessionId: '1' }));
      await cache.resolve('b', async () => identity({ id: 'b', tenantId: 'n', sessionId: '2' }));
      await cache.resolve('c', async () => identity({ id: 'a', tenantId: 's', sessionId: '3' }));
      return cache;
    };
    const left = async (selection: Parameters<IdentityCache['purge']>[0]) => {
      const cache = await fill();
      cache.purge(selection);
      return ['a', 'b', 'c'].filter((token) => cache.recall(token) !== undefined).join('');
    };
    expect(await left({ user: 'a' })).toBe('b');
    expect(await left({ tenant: 'n' })).toBe('c');
    expect(await left({ session: '2' })).toBe('ac');
    expect(await left({ user: 'a', tenant: 's' })).toBe('ab');
    expect(await left('all')).toBe('');
  });

  it("purges by the application's own tenant, where that is not the provider's", async () => {
    const cache = new IdentityCache({}, ({ claims }) => String(claims['empresa_id']));
    await cache.resolve('a', async () => identity({ claims: { empresa_id: 'norte' } }));
    cache.purge({ tenant: 'sur' });
    expect(cache.recall('a')).toBeDefined();
    cache.purge({ tenant: 'norte' });
    expect(cache.recall('a')).toBeUndefined();
  });

  it('does not store what was being verified when it was purged', async () => {
    const cache = new IdentityCache();
    const { promise, resolve } = Promise.withResolvers<Identity>();
    const flight = cache.resolve('t', () => promise);
    cache.purge({ user: 'ana' });
    resolve(identity());
    await flight;
    expect(cache.recall('t')).toBeUndefined();
  });

  it('shares nothing with what was being verified when it was purged', async () => {
    const cache = new IdentityCache();
    const before = Promise.withResolvers<Identity>();
    const overtaken = cache.resolve('t', () => before.promise);
    cache.purge({ issuer: 'https://issuer' });
    const after = Promise.withResolvers<Identity>();
    const anew = jest.fn(() => after.promise);
    const flights = [cache.resolve('t', anew), cache.resolve('t', anew)];
    before.resolve(identity({ id: 'before' }));
    await overtaken;
    flights.push(cache.resolve('t', anew));
    after.resolve(identity({ id: 'after' }));
    expect((await Promise.all(flights)).map(({ id }) => id)).toEqual(['after', 'after', 'after']);
    expect(anew).toHaveBeenCalledTimes(1);
    expect(cache.recall('t')?.id).toBe('after');
  });
});
