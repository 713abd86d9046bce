import { FETCH_WINDOW, FETCHES_PER_WINDOW } from './key-policy.js';

/** Remembers when the last fetches started, and allows no more than fit into a sliding window. */
export class FetchWindow {
  private readonly starts: number[] = [];

  /** Whether a fetch may start now. */
  isOpen(): boolean {
    const [oldest] = this.starts;
    if (oldest === undefined || this.starts.length < FETCHES_PER_WINDOW) return true;
    return Math.abs(Date.now() - oldest) >= FETCH_WINDOW * 1000;
  }

  /** A fetch starts. */
  start(): void {
    if (this.starts.length === FETCHES_PER_WINDOW) this.starts.shift();
    this.starts.push(Date.now());
  }
}
