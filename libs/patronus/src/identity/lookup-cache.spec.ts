import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { LookupCache } from './lookup-cache.js';

const LIMITS = { max: 2, ttl: 30, timeout: 5 };

afterEach(() => {
  jest.restoreAllMocks();
  jest.useRealTimers();
});

describe('LookupCache', () => {
  it('asks once however many want to know, and keeps the answer', async () => {
    const cache = new LookupCache<string>(LIMITS);
    const ask = jest.fn(async () => 'answer');
    const answers = await Promise.all(Array.from({ length: 100 }, () => cache.load('a', ask)));
    expect(new Set(answers)).toEqual(new Set(['answer']));
    expect(ask).toHaveBeenCalledTimes(1);
    expect(cache.recall('a')?.answer).toBe('answer');
    expect(cache.recall('b')).toBeUndefined();
  });

  it('keeps that there is none, and tells it from not knowing', async () => {
    const cache = new LookupCache<string | undefined>(LIMITS);
    await cache.load('a', () => undefined);
    expect(cache.recall('a')).toMatchObject({ answer: undefined });
  });

  it('forgets after its time, counted from the question', async () => {
    const cache = new LookupCache<string>(LIMITS);
    const now = jest.spyOn(Date, 'now').mockReturnValue(0);
    await cache.load('a', () => 'answer');
    now.mockReturnValue(29_999);
    expect(cache.recall('a')).toBeDefined();
    now.mockReturnValue(30_000);
    expect(cache.recall('a')).toBeUndefined();
  });

  it('is bounded', async () => {
    const cache = new LookupCache<string>(LIMITS);
    for (const key of ['a', 'b', 'c']) await cache.load(key, () => key);
    expect(['a', 'b', 'c'].filter((key) => cache.recall(key) !== undefined)).toEqual(['b', 'c']);
  });

  it('keeps no error, whether it is thrown or rejected', async () => {
    const cache = new LookupCache<string>(LIMITS);
    const fail = () => {
      throw new Error('no');
    };
    await expect(cache.load('a', fail)).rejects.toThrow('no');
    await expect(cache.load('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await cache.load('a', () => 'yes')).toBe('yes');
  });

  it('does not keep an answer that was forgotten while it was under way', async () => {
    const cache = new LookupCache<string>(LIMITS);
    for (const key of [undefined, 'a']) {
      const { promise, resolve } = Promise.withResolvers<string>();
      const flight = cache.load('a', () => promise);
      cache.forget(key);
      resolve('old');
      expect(await flight).toBe('old');
      expect(cache.recall('a')).toBeUndefined();
    }
    expect(await cache.load('a', () => 'new')).toBe('new');
    cache.forget('a');
    expect(cache.recall('a')).toBeUndefined();
  });

  it('does not wait for ever', async () => {
    jest.useFakeTimers();
    const cache = new LookupCache<string>(LIMITS);
    const flight = cache.load('a', () => new Promise(() => {}));
    const refused = expect(flight).rejects.toThrow('no answer within 5000 ms');
    await jest.advanceTimersByTimeAsync(5000);
    await refused;
  });
});
