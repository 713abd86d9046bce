import { describe, expect, it } from '@jest/globals';
import { Clock } from '../clock.js';
import type { Limit } from './rate-limit-store.js';
import { MemoryRateLimitStore } from './rate-limit-store.js';

class StoppedClock extends Clock {
  ms = 1_000_000;

  override now(): Date {
    return new Date(this.ms);
  }
}

const MAX_ENTRIES = 100_000;
const LOGIN: Limit = { name: 'login', by: 'address', quota: { points: 2, seconds: 60 } };
const ACCOUNT: Limit = { ...LOGIN, by: 'account' };

describe('MemoryLimiters', () => {
  it('count until the window ends, and then start over', async () => {
    const clock = new StoppedClock();
    const limiters = new MemoryRateLimitStore(clock);
    expect(await limiters.count(LOGIN, 'a')).toEqual({ points: 1, reset: 60_000 });
    clock.ms += 59_999;
    expect(await limiters.count(LOGIN, 'a')).toEqual({ points: 2, reset: 1 });
    clock.ms += 1;
    expect(await limiters.count(LOGIN, 'a')).toEqual({ points: 1, reset: 60_000 });
  });

  it('count each key, name and kind on its own', async () => {
    const limiters = new MemoryRateLimitStore(new StoppedClock());
    await limiters.count(LOGIN, 'a');
    for (const limit of [{ ...LOGIN, name: 'reset' }, ACCOUNT]) {
      expect(await limiters.count(limit, 'a')).toMatchObject({ points: 1 });
    }
    expect(await limiters.count(LOGIN, 'b')).toMatchObject({ points: 1 });
  });

  it('stay bounded under a flood of addresses, and forget no account over it', async () => {
    const limiters = new MemoryRateLimitStore(new StoppedClock());
    await limiters.count(ACCOUNT, 'ana');
    for (let at = 0; at < 200_000; at += 1) await limiters.count(LOGIN, `2001:db8:${at}::/64`);
    expect(limiters.sizeOf('address')).toBe(MAX_ENTRIES);
    expect(await limiters.count(ACCOUNT, 'ana')).toMatchObject({ points: 2 });
  });
});
