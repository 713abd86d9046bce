import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ExpiringCache } from './expiring-cache.js';

const NOW = Date.UTC(2030, 0, 1);

beforeEach(() => void jest.useFakeTimers({ now: NOW }));
afterEach(() => void jest.useRealTimers());

describe('ExpiringCache', () => {
  it('gives a value until its end, and then drops it', () => {
    const cache = new ExpiringCache<string>(10);
    cache.set('a', 'value', NOW + 1000);
    jest.setSystemTime(NOW + 999);
    expect(cache.get('a')).toBe('value');
    expect(cache.size).toBe(1);
    jest.setSystemTime(NOW + 1000);
    expect(cache.get('a')).toBeUndefined();
    expect(cache.size).toBe(0);
  });

  it('follows the wall clock when it is set forward', () => {
    const cache = new ExpiringCache<string>(10);
    cache.set('a', 'value', NOW + 60_000);
    jest.setSystemTime(NOW + 3_600_000);
    expect(cache.get('a')).toBeUndefined();
  });

  it.each([NOW, NOW - 1, Number.NaN])(
    'keeps nothing that ended at %s, nor what it replaces',
    (end) => {
      const cache = new ExpiringCache<string>(10);
      cache.set('a', 'old', NOW + 1000);
      cache.set('a', 'new', end);
      expect(cache.get('a')).toBeUndefined();
    },
  );

  it('drops the least recently used value when it is full', () => {
    const cache = new ExpiringCache<string>(2);
    cache.set('a', 'a', NOW + 1000);
    cache.set('b', 'b', NOW + 1000);
    cache.get('a');
    cache.set('c', 'c', NOW + 1000);
    expect(['a', 'b', 'c'].map((key) => cache.get(key))).toEqual(['a', undefined, 'c']);
    expect(cache.max).toBe(2);
  });

  it.each<[string, (cache: ExpiringCache<number>) => void, readonly string[]]>([
    ['one by its key', (cache) => cache.delete('b'), ['a', 'c']],
    ['those with a value', (cache) => cache.deleteWhere((value) => value > 1), ['a']],
    ['those with a key', (cache) => cache.deleteWhere((_, key) => key === 'a'), ['b', 'c']],
    ['every one, one by one', (cache) => cache.deleteWhere(() => true), []],
    ['all', (cache) => cache.clear(), []],
  ])('drops %s', (_, drop, left) => {
    const cache = new ExpiringCache<number>(10);
    for (const [index, key] of ['a', 'b', 'c'].entries()) cache.set(key, index + 1, NOW + 1000);
    drop(cache);
    expect(['a', 'b', 'c'].filter((key) => cache.get(key) !== undefined)).toEqual(left);
    expect(cache.size).toBe(left.length);
  });
});
