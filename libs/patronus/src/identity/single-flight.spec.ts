import { describe, expect, it, jest } from '@jest/globals';
import { SingleFlight } from './single-flight.js';

describe('SingleFlight', () => {
  it('runs the work once for all who ask while it runs, and again afterwards', async () => {
    const flights = new SingleFlight<number>();
    let runs = 0;
    const work = jest.fn(async () => ++runs);
    expect(await Promise.all([flights.run('a', work), flights.run('a', work)])).toEqual([1, 1]);
    expect(await flights.run('a', work)).toBe(2);
    expect(work).toHaveBeenCalledTimes(2);
  });

  it('keeps keys apart', async () => {
    const flights = new SingleFlight<string>();
    const both = [flights.run('a', async () => 'of a'), flights.run('b', async () => 'of b')];
    expect([...flights.keys()]).toEqual(['a', 'b']);
    expect(await Promise.all(both)).toEqual(['of a', 'of b']);
    expect([...flights.keys()]).toEqual([]);
  });

  it('keeps no failure', async () => {
    const flights = new SingleFlight<string>();
    const fail = () => Promise.reject(new Error('no'));
    await expect(flights.run('a', fail)).rejects.toThrow('no');
    expect(await flights.run('a', async () => 'yes')).toBe('yes');
  });

  it.each([
    ['one', (flights: SingleFlight<unknown>) => flights.forget('a')],
    ['all', (flights: SingleFlight<unknown>) => flights.clear()],
  ])('tells a run that it was forgotten with %s, and starts another', async (_, forget) => {
    const flights = new SingleFlight<boolean>();
    const { promise, resolve } = Promise.withResolvers<void>();
    const work = (isCurrent: () => boolean) => promise.then(isCurrent);
    const old = flights.run('a', work);
    forget(flights);
    const next = flights.run('a', work);
    expect(next).not.toBe(old);
    resolve();
    expect(await Promise.all([old, next])).toEqual([false, true]);
  });

  it('leaves the next run alone when a forgotten one ends', async () => {
    const flights = new SingleFlight<string>();
    const { promise, resolve } = Promise.withResolvers<string>();
    const old = flights.run('a', async () => 'old');
    flights.forget('a');
    const next = flights.run('a', () => promise);
    await old;
    expect(flights.run('a', async () => 'third')).toBe(next);
    resolve('next');
    expect(await next).toBe('next');
  });
});
