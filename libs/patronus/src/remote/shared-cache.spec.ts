import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createCache, type Cache } from 'cache-manager';
import { FAILURES_TO_OPEN, OPEN_FOR } from './failure-streak.js';
import { SharedCache } from './shared-cache.js';

let cache: Cache;
let shared: SharedCache;

beforeEach(() => {
  jest.useFakeTimers();
  cache = createCache();
  shared = new SharedCache(cache);
});
afterEach(() => void jest.useRealTimers());

const never = (): Promise<never> => new Promise(() => {});
const fail = async (): Promise<never> => {
  throw new Error('down');
};
const failAtOnce = (): never => {
  throw new Error('down');
};

/** Calls until most calls are passed over. */
async function breakDown(): Promise<void> {
  for (let times = 0; times < FAILURES_TO_OPEN; times++) await shared.attempt(fail);
}

describe.each(['attempt', 'insist'] as const)('SharedCache.%s', (method) => {
  it('gives the result of the call', async () => {
    await cache.set('a', 'value');
    expect(await shared[method]((store) => store.get('a'))).toBe('value');
  });

  it.each([fail, failAtOnce])('gives nothing where the call fails', async (call) => {
    expect(await shared[method](call)).toBeUndefined();
  });

  it('waits 250 ms for a store that hangs', async () => {
    let done = false;
    const waiting = shared[method](never).then((result) => {
      done = true;
      return result;
    });
    await jest.advanceTimersByTimeAsync(249);
    expect(done).toBe(false);
    await jest.advanceTimersByTimeAsync(1);
    expect(await waiting).toBeUndefined();
  });
});

describe('SharedCache', () => {
  it('passes over a store that has failed some times, until it answers again', async () => {
    await breakDown();
    const call = jest.fn(async () => 'value');
    expect(await shared.attempt(call)).toBeUndefined();
    expect(call).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(2 * OPEN_FOR.first * 1000);
    expect(await shared.attempt(call)).toBe('value');
    expect(await shared.attempt(call)).toBe('value');
  });

  it('makes a call that insists though others are passed over', async () => {
    await breakDown();
    shared.distrust(60_000);
    expect(await shared.insist(async () => 'value')).toBe('value');
  });

  it('is passed over while it is not trusted', async () => {
    shared.distrust(60_000);
    await jest.advanceTimersByTimeAsync(59_999);
    expect(await shared.attempt(async () => 'value')).toBeUndefined();
    await jest.advanceTimersByTimeAsync(1);
    expect(await shared.attempt(async () => 'value')).toBe('value');
  });
});
