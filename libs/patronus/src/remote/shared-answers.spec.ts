import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createCache, type Cache } from 'cache-manager';
import { FAILURES_TO_OPEN } from './failure-streak.js';
import { SharedAnswers } from './shared-answers.js';

const NOW = Date.UTC(2030, 0, 1);
const ENTRY = { answer: { id: 'ana' }, askedAt: NOW };

let cache: Cache;
let answers: SharedAnswers;

beforeEach(() => {
  jest.useFakeTimers({ now: NOW });
  cache = createCache();
  answers = new SharedAnswers(cache, 'p:', 60_000);
});
afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
});

describe('SharedAnswers', () => {
  it('gives what was written, under its digest only, until its time is over', async () => {
    await answers.write('d', ENTRY);
    expect(await answers.read('d')).toEqual(ENTRY);
    expect(await answers.read('e')).toBeUndefined();
    jest.setSystemTime(NOW + 59_999);
    expect(await answers.read('d')).toEqual(ENTRY);
    jest.setSystemTime(NOW + 60_000);
    expect(await answers.read('d')).toBeUndefined();
  });

  it('writes for the rest of the time, and nothing that is over', async () => {
    const set = jest.spyOn(cache, 'set');
    await answers.write('d', { ...ENTRY, askedAt: NOW - 50_000 });
    expect(set.mock.lastCall?.[2]).toBe(10_000);
    await answers.write('d', { ...ENTRY, askedAt: NOW - 60_000 });
    expect(set).toHaveBeenCalledTimes(1);
  });

  it.each<[string, unknown]>([
    ['text', '{"id":"ana"}'],
    ['a list', [ENTRY]],
    ['null', null],
    ['no answer', { askedAt: NOW }],
    ['an answer that is text', { ...ENTRY, answer: 'ana' }],
    ['no time', { answer: ENTRY.answer }],
    ['a time that is text', { ...ENTRY, askedAt: String(NOW) }],
    ['a time that is none', { ...ENTRY, askedAt: Number.NaN }],
    ['a time that lies ahead', { ...ENTRY, askedAt: NOW + 1 }],
    ['a time that is over', { ...ENTRY, askedAt: NOW - 60_000 }],
  ])('passes over %s', async (_, value) => {
    await cache.set('p:d', ENTRY);
    expect(await answers.read('d')).toEqual(ENTRY);
    await cache.set('p:d', value);
    expect(await answers.read('d')).toBeUndefined();
  });

  it('survives a store that fails, or throws at once', async () => {
    for (const fault of [() => Promise.reject(new Error('down')), throwAtOnce]) {
      jest.spyOn(cache, 'get').mockImplementation(fault);
      jest.spyOn(cache, 'set').mockImplementation(fault);
      expect(await answers.read('d')).toBeUndefined();
      await answers.write('d', ENTRY);
    }
  });

  it('waits 250 ms for a store that hangs, and after some times not at all', async () => {
    const get = jest.spyOn(cache, 'get').mockReturnValue(new Promise(() => {}));
    for (let times = 0; times < FAILURES_TO_OPEN; times++) {
      let done = false;
      const reading = answers.read('d').then((found) => {
        done = true;
        return found;
      });
      await jest.advanceTimersByTimeAsync(249);
      expect(done).toBe(false);
      await jest.advanceTimersByTimeAsync(1);
      expect(await reading).toBeUndefined();
    }
    expect(await answers.read('d')).toBeUndefined();
    await answers.write('d', ENTRY);
    expect(get).toHaveBeenCalledTimes(FAILURES_TO_OPEN);
  });
});

function throwAtOnce(): never {
  throw new Error('down');
}
