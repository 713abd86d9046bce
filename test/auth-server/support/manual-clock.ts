import { Clock } from '../../../apps/auth-server/src/operation/clock.js';

/** A clock that moves when it is told to. */
export class ManualClock extends Clock {
  #ahead = 0;

  override now(): Date {
    return new Date(Date.now() + this.#ahead);
  }

  /** @param seconds seconds to add to the current time */
  advance(seconds: number): void {
    this.#ahead += seconds * 1000;
  }
}
