import { setTimeout as sleep } from 'node:timers/promises';

const TIMEOUT_MS = 20_000;
const PAUSE_MS = 10;

/**
 * Asks again and again until the answer is `expected`.
 *
 * @throws {Error} with the last answer if it is another one after twenty seconds
 */
export async function until<T>(expected: T, question: () => T | Promise<T>): Promise<void> {
  const end = performance.now() + TIMEOUT_MS;
  for (;;) {
    const answer = await question();
    if (answer === expected) return;
    if (performance.now() > end) {
      throw new Error(`still ${String(answer)} after ${TIMEOUT_MS} ms, not ${String(expected)}`);
    }
    await sleep(PAUSE_MS);
  }
}
