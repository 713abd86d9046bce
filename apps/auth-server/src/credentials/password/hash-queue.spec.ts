import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { HashQueue } from './hash-queue.js';
import { HashingOverloadedError } from './hash-queue.js';
import { PasswordSettings } from './argon2.js';

const queueOf = (concurrency: number, maxQueue: number) =>
  new HashQueue(new PasswordSettings({ concurrency, maxQueue }));

/** A job that runs until it is told to end, and how often it began. */
function heldJob() {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const job = jest.fn(() => promise);
  return { job, end: resolve, fail: reject };
}

describe('HashQueue', () => {
  afterEach(() => {
    jest.useRealTimers();
  });

  it('runs as many jobs at once as it may, and the next when one ends', async () => {
    const queue = queueOf(2, 5);
    const [first, second, third] = [heldJob(), heldJob(), heldJob()];
    const answers = [first, second, third].map(({ job }) => queue.run(job));

    expect([queue.running, queue.waiting]).toEqual([2, 1]);
    expect(third.job).not.toHaveBeenCalled();

    second.end('second');
    await expect(answers[1]).resolves.toBe('second');
    expect(third.job).toHaveBeenCalledTimes(1);
    expect([queue.running, queue.waiting]).toEqual([2, 0]);

    first.end('first');
    third.end('third');
    await expect(Promise.all(answers)).resolves.toEqual(['first', 'second', 'third']);
    expect([queue.running, queue.waiting]).toEqual([0, 0]);
  });

  it('runs waiting jobs in their order', async () => {
    const queue = queueOf(1, 5);
    const order: string[] = [];
    const held = heldJob();
    const before = queue.run(held.job);
    const waiting = ['a', 'b', 'c'].map((name) => queue.run(async () => order.push(name)));
    held.end('');
    await before;
    const late = queue.run(async () => order.push('late'));
    await Promise.all([...waiting, late]);

    expect(order).toEqual(['a', 'b', 'c', 'late']);
  });

  it('refuses at once what would wait behind a full line, and never runs it', async () => {
    const queue = queueOf(1, 2);
    const held = [heldJob(), heldJob(), heldJob()];
    const answers = held.map(({ job }) => queue.run(job));
    const refused = heldJob();

    const refusal = queue.run(refused.job);
    await expect(refusal).rejects.toThrow(HashingOverloadedError);
    await expect(refusal).rejects.toMatchObject({ code: 'overloaded', retryAfter: 1 });
    expect(refused.job).not.toHaveBeenCalled();

    for (const { end } of held) end('done');
    await Promise.all(answers);
    await expect(queue.run(async () => 'taken again')).resolves.toBe('taken again');
    expect(refused.job).not.toHaveBeenCalled();
  });

  it('takes no line at all where none is allowed', async () => {
    const queue = queueOf(1, 0);
    const held = heldJob();
    const answer = queue.run(held.job);

    await expect(queue.run(async () => '')).rejects.toThrow(HashingOverloadedError);
    held.end('done');
    await answer;
  });

  it.each([
    ['fails', () => Promise.reject(new Error('broken'))],
    [
      'throws before it has a promise',
      () => {
        throw new Error('broken');
      },
    ],
  ])('frees the place of a job that %s', async (_, job: () => Promise<never>) => {
    const queue = queueOf(1, 1);

    await expect(queue.run(job)).rejects.toThrow('broken');
    expect(queue.running).toBe(0);
    await expect(queue.run(async () => 'next')).resolves.toBe('next');
  });

  it('estimates the waiting time from recent jobs', async () => {
    jest.useFakeTimers();
    const queue = queueOf(2, 4);
    const measured = heldJob();
    const measuring = queue.run(measured.job);
    jest.advanceTimersByTime(3000);
    measured.end('');
    await measuring;
    const held = Array.from({ length: 6 }, heldJob);
    const answers = held.map(({ job }) => queue.run(job));

    // Five in line, two at a time, three seconds each.
    await expect(queue.run(async () => '')).rejects.toMatchObject({ retryAfter: 8 });
    for (const { end } of held) end('');
    await Promise.all(answers);
  });
});
