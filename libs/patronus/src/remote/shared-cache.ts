import type { Cache } from 'cache-manager';
import { withinDeadline } from '../identity/deadline.js';
import { Circuit } from './circuit.js';

/** How long one call may take, in milliseconds. */
const TIMEOUT_MS = 250;

/**
 * A `Cache` of cache-manager that processes share, and that may fail: no call waits for longer than
 * 250 ms or rejects. While calls fail, most are passed over, so that requests do not wait and nothing
 * piles up in the client of the store.
 */
export class SharedCache {
  private readonly circuit = new Circuit();
  private distrustedUntil = 0;

  constructor(private readonly cache: Cache) {}

  /** @returns the result of the call; undefined if it fails, is late, or is passed over */
  async attempt<T>(call: (cache: Cache) => Promise<T>): Promise<T | undefined> {
    if (Date.now() < this.distrustedUntil) return undefined;
    try {
      return await this.circuit.run(() => withinDeadline(call(this.cache), TIMEOUT_MS));
    } catch {
      return undefined;
    }
  }

  /** Makes a call that is never passed over, such as one that voids what other processes read. */
  async insist<T>(call: (cache: Cache) => Promise<T>): Promise<T | undefined> {
    try {
      return await withinDeadline(call(this.cache), TIMEOUT_MS);
    } catch {
      return undefined;
    }
  }

  /** Passes the cache over for so long, since it holds what no longer counts. */
  distrust(ms: number): void {
    this.distrustedUntil = Date.now() + ms;
  }
}
