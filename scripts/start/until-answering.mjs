import { setTimeout as sleep } from 'node:timers/promises';
import { StartError } from './start.error.mjs';

const PAUSE = 100;

/**
 * Waits until an address answers with success, and says every few seconds that it does.
 *
 * @param {AbortSignal} signal - nobody waits any more
 * @throws {StartError} where it does not within `limit` milliseconds
 */
export async function untilAnswering(url, { limit = 60_000, remindEvery = 5_000, signal, say }) {
  const began = performance.now();
  let reminders = 0;
  for (;;) {
    const waited = performance.now() - began;
    if (await answers(url, signal)) return;
    signal.throwIfAborted();
    if (waited > limit) {
      throw new StartError(`${url} does not answer after ${Math.round(limit / 1000)} seconds.`);
    }
    if (waited > (reminders + 1) * remindEvery) {
      reminders += 1;
      say(`Waiting for ${url} (${Math.round(waited / 1000)} s)`);
    }
    await sleep(PAUSE, undefined, { signal });
  }
}

async function answers(url, signal) {
  try {
    const patience = AbortSignal.any([signal, AbortSignal.timeout(2_000)]);
    const response = await fetch(url, { signal: patience });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
