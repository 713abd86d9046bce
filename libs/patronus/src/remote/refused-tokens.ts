import { ExpiringCache } from '../identity/expiring-cache.js';
import type { Refused } from './verdict.js';

/**
 * Caches tokens that a server has just refused, by their digest, so that it is not called again at
 * once.
 */
export class RefusedTokens {
  readonly #entries: ExpiringCache<Refused>;

  constructor(
    max: number,
    private readonly ttlMs: number,
  ) {
    this.#entries = new ExpiringCache(max);
  }

  get size(): number {
    return this.#entries.size;
  }

  recall(digest: string): Refused | undefined {
    return this.#entries.get(digest);
  }

  remember(digest: string, refusal: Refused): void {
    this.#entries.set(digest, refusal, Date.now() + this.ttlMs);
  }
}
