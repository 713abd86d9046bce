import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { PeriodicJob } from './periodic-job.js';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

const INTERVAL = 1000;
const pass = (intervals: number) => jest.advanceTimersByTimeAsync(intervals * INTERVAL);

function jobOf(run: () => Promise<void>) {
  const failed = jest.fn<(error: unknown) => void>();
  return { job: new PeriodicJob({ intervalMs: INTERVAL, run, failed }), failed };
}

describe('PeriodicJob', () => {
  it('runs after each interval, once it is started', async () => {
    const run = jest.fn(async () => {});
    const { job } = jobOf(run);
    await pass(2);
    expect(run).not.toHaveBeenCalled();
    job.start();
    job.start();
    await pass(3);
    expect(run).toHaveBeenCalledTimes(3);
    await job.stop();
  });

  it('never runs twice at once, whatever starts the run', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const run = jest.fn(() => promise);
    const { job } = jobOf(run);
    job.start();
    const first = job.runNow();
    expect(job.runNow()).toBe(first);
    await pass(3);
    expect(run).toHaveBeenCalledTimes(1);
    resolve();
    await first;
    await pass(1);
    expect(run).toHaveBeenCalledTimes(2);
    await job.stop();
  });

  it.each<[string, () => Promise<void>]>([
    ['rejects', () => Promise.reject(new Error('no'))],
    [
      'throws',
      () => {
        throw new Error('no');
      },
    ],
  ])('tells that a run %s, and runs again', async (_, run) => {
    const { job, failed } = jobOf(run);
    job.start();
    await pass(2);
    expect(failed.mock.calls).toEqual([[new Error('no')], [new Error('no')]]);
    await job.stop();
  });

  it('waits for the run that is under way, tells it to end, and runs no more', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const run = jest.fn(() => promise);
    const { job } = jobOf(run);
    job.start();
    await pass(1);
    expect(job.isStopping).toBe(false);
    let hasStopped = false;
    const stopped = job.stop().then(() => (hasStopped = true));
    await pass(1);
    expect(hasStopped).toBe(false);
    expect(job.isStopping).toBe(true);
    resolve();
    await stopped;
    job.start();
    await job.runNow();
    await pass(5);
    expect(run).toHaveBeenCalledTimes(1);
  });

  describe('with retries', () => {
    const RETRY = { afterMs: INTERVAL / 10, times: 3 };
    const jobThat = (run: () => Promise<void>) =>
      new PeriodicJob({ intervalMs: INTERVAL, run, failed: () => {}, retry: RETRY });

    it('repeats a run that failed, until one succeeds', async () => {
      const run = jest.fn(async () => {});
      run.mockRejectedValueOnce(new Error('no')).mockRejectedValueOnce(new Error('no'));
      const job = jobThat(run);
      await job.runNow();
      await pass(0.1);
      expect(run).toHaveBeenCalledTimes(2);
      await pass(0.8);
      expect(run).toHaveBeenCalledTimes(3);
      await job.stop();
    });

    it('repeats it so many times, and again after the next interval', async () => {
      const run = jest.fn(() => Promise.reject(new Error('no')));
      const job = jobThat(run);
      job.start();
      await pass(1.9);
      expect(run).toHaveBeenCalledTimes(1 + RETRY.times);
      await pass(1);
      expect(run).toHaveBeenCalledTimes(2 * (1 + RETRY.times));
      await job.stop();
    });

    it('repeats nothing after it was stopped', async () => {
      const run = jest.fn(() => Promise.reject(new Error('no')));
      const job = jobThat(run);
      await job.runNow();
      await job.stop();
      await pass(2);
      expect(run).toHaveBeenCalledTimes(1);
      const { promise, reject } = Promise.withResolvers<void>();
      const late = jobThat(jest.fn(() => promise));
      void late.runNow();
      const stopping = late.stop();
      reject(new Error('no'));
      await stopping;
      expect(jest.getTimerCount()).toBe(0);
    });
  });
});
