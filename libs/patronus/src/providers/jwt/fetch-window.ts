import { FETCH_WINDOW, FETCHES_PER_WINDOW } from './key-policy.js';

/**
 * Remembers the start of the last fetches, and allows only as many as fit into a sliding window.
 */
export class FetchWindow {
  private readonly starts: number[] = [];

  /** Returns true if a fetch may start now. */
  isOpen(): boolean {
    const [oldest] = this.starts;
    if (oldest === undefined || this.starts.length < FETCHES_PER_WINDOW) return true;
    return Math.abs(Date.now() - oldest) >= FETCH_WINDOW * 1000;
  }

  /** Records the start of a fetch. */
  start(): void {
    if (this.starts.length === FETCHES_PER_WINDOW) this.starts.shift();
    this.starts.push(Date.now());
  }
}
