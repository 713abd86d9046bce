import { setTimeout as delay } from 'node:timers/promises';

const DEADLINE = 10_000;

/** Polls until the answer is `expected`, or until the timeout. */
export async function until<T>(expected: T, question: () => T | Promise<T>): Promise<void> {
  const deadline = performance.now() + DEADLINE;
  for (;;) {
    const answer = await question();
    if (answer === expected) return;
    if (performance.now() > deadline) {
      throw new Error(`still ${String(answer)} after ${DEADLINE} ms, not ${String(expected)}`);
    }
    await delay(10);
  }
}
