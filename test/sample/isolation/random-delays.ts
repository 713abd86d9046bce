import { setImmediate, setTimeout } from 'node:timers/promises';

/** Delays that are the same for the same seed, through the different queues of the event loop. */
export class RandomDelays {
  private state: number;

  constructor(seed: number) {
    this.state = seed + 1;
  }

  async wait(): Promise<void> {
    const kind = this.next(4);
    if (kind === 0) await Promise.resolve();
    else if (kind === 1) await setImmediate();
    else await setTimeout(this.next(12));
  }

  /** A whole number below `limit`, from a linear congruential generator. */
  private next(limit: number): number {
    this.state = (Math.imul(this.state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.state / 2 ** 32) * limit);
  }
}
