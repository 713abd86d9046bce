import { setTimeout as sleep } from 'node:timers/promises';

/** Polls until a condition holds. @throws {Error} after ten seconds */
export async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error('it did not come to be so in ten seconds');
    await sleep(20);
  }
}
