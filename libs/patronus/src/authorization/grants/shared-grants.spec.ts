import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Keyv } from 'keyv';
import { FAILURES_TO_OPEN } from '../../remote/failure-streak.js';
import {
  canRead,
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

describe('a shared store that misbehaves', () => {
  it('throws: the source is asked', async () => {
    const { ask, cache, shared } = processOver([new Keyv()], () => yes);
    jest.spyOn(shared, 'get').mockRejectedValue(new Error('down'));
    jest.spyOn(shared, 'set').mockRejectedValue(new Error('down'));
    expect(await reads(cache)).toBe(true);
    expect(await reads(cache)).toBe(true);
    expect(ask).toHaveBeenCalledTimes(1);
  });

  it('throws at once: the source is asked', async () => {
    const { cache, shared } = processOver([new Keyv()], () => yes);
    jest.spyOn(shared, 'set').mockImplementation(() => {
      throw new Error('down');
    });
    expect(await reads(cache)).toBe(true);
    await settled();
  });

  it('fails between reading and writing: the answer stands', async () => {
    const { cache, shared } = processOver([new Keyv()], () => {
      jest.spyOn(shared, 'set').mockRejectedValue(new Error('down'));
      return yes;
    });
    expect(await reads(cache)).toBe(true);
    await settled();
  });

  it('hangs: the source is asked after 250 ms', async () => {
    const { ask, cache, shared } = processOver([new Keyv()], () => yes);
    jest.spyOn(shared, 'get').mockReturnValue(new Promise(() => {}));
    const loading = cache.load(subject());
    await jest.advanceTimersByTimeAsync(249);
    expect(ask).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(1);
    expect(canRead(await loading)).toBe(true);
  });

  it('hangs for some time: further look-ups no longer wait', async () => {
    const { cache, shared } = processOver([new Keyv()], () => yes);
    const get = jest.spyOn(shared, 'get').mockReturnValue(new Promise(() => {}));
    for (let times = 0; times < FAILURES_TO_OPEN; times++) {
      const loading = cache.load(subject({ id: `user-${times}` }));
      await jest.advanceTimersByTimeAsync(250);
      await loading;
    }
    get.mockClear();
    expect(await reads(cache)).toBe(true);
    expect(get).not.toHaveBeenCalled();
  });

  it.each<[string, (value: { generations: string[] }) => unknown]>([
    ['text', () => 'patients.*'],
    ['permissions that are text', (entry) => ({ ...entry, authority: { permissions: '*' } })],
    ['no generations', (entry) => ({ ...entry, generations: [] })],
    ['fewer generations', (entry) => ({ ...entry, generations: entry.generations.slice(1) })],
    ['other generations', (entry) => ({ ...entry, generations: entry.generations.map(() => 'x') })],
    ['an old answer', (entry) => ({ ...entry, askedAt: NOW - 30_000 })],
  ])('holds %s: the source is asked', async (_, spoil) => {
    const store = new Keyv();
    const one = processOver([store], () => ({ permissions: ['read'] }));
    await one.cache.load(subject());
    await settled();
    const key = 'patronus:grants:["https://issuer",null,"ana"]';
    const entry = await one.shared.get<{ generations: string[] }>(key);
    if (entry === undefined) throw new Error('nothing was written');
    await one.shared.set(key, spoil(entry));
    const other = processOver([store], () => no);
    expect(await reads(other.cache)).toBe(false);
    expect(other.ask).toHaveBeenCalledTimes(1);
  });

  it('has lost a generation, or holds an odd one: its answers no longer count', async () => {
    for (const odd of [undefined, 7]) {
      const store = new Keyv();
      const one = processOver([store], () => yes);
      await one.cache.load(subject());
      await settled();
      const key = 'patronus:generation:user:"ana"';
      await (odd === undefined ? one.shared.del(key) : one.shared.set(key, odd));
      const other = processOver([store], () => no);
      expect(await reads(other.cache)).toBe(false);
    }
  });
});
