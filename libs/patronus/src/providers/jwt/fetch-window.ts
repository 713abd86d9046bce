import { FETCH_WINDOW, FETCHES_PER_WINDOW } from './key-policy.js';

/** Remembers when the last fetches started, and allows no more than fit into a sliding window. */
export class FetchWindow {
  private readonly starts: number[] = [];

  /** Whether a fetch may start now. A yes counts as its start. */
  tryStart(): boolean {
    const now = Date.now();
    const [oldest] = this.starts;
    if (oldest !== undefined && this.starts.length === FETCHES_PER_WINDOW) {
      if (Math.abs(now - oldest) < FETCH_WINDOW * 1000) return false;
      this.starts.shift();
    }
    this.starts.push(now);
    return true;
  }
}
