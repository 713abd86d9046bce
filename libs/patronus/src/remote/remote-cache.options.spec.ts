import { describe, expect, it } from '@jest/globals';
import { Keyv } from 'keyv';
import { readCacheOptions } from './remote-cache.options.js';

describe('the options of a cache of remote answers', () => {
  it('have defaults', () => {
    expect(readCacheOptions('api.cache')).toEqual({
      ttlMs: 60_000,
      negativeTtlMs: 10_000,
      max: 10_000,
      stores: [],
    });
  });

  it('are taken as they are', () => {
    const stores = [new Keyv()];
    expect(readCacheOptions('api.cache', { ttl: 1, negativeTtl: 0, max: 5, stores })).toEqual({
      ttlMs: 1000,
      negativeTtlMs: 0,
      max: 5,
      stores,
    });
  });

  it.each([
    [{ ttl: 0 }, 'api.cache.ttl: is not a whole number'],
    [{ negativeTtl: -1 }, 'api.cache.negativeTtl: is not a whole number'],
    [{ max: 1.5 }, 'api.cache.max: is not a whole number'],
    [{ stores: ['redis://localhost'] }, 'api.cache.stores: is not a list of Keyv stores.'],
    [{ stores: [null] }, 'api.cache.stores: is not a list of Keyv stores.'],
    [{ stores: [{ set() {} }] }, 'api.cache.stores: is not a list of Keyv stores.'],
    [{ stores: [{ get() {} }] }, 'api.cache.stores: is not a list of Keyv stores.'],
    [{ stores: [{ get: 1, set() {} }] }, 'api.cache.stores: is not a list of Keyv stores.'],
    [{ stores: [{ get() {}, set: 1 }] }, 'api.cache.stores: is not a list of Keyv stores.'],
    [{ stores: new Keyv() }, 'api.cache.stores: is not a list of Keyv stores.'],
    [{ TTL: 5 }, 'api.cache.TTL: is not an option. Did you mean "ttl"?'],
  ])('refuse %j', (options: object, message) => {
    expect(() => readCacheOptions('api.cache', options)).toThrow(message);
  });
});
