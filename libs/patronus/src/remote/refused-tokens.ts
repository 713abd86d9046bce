import { LRUCache } from 'lru-cache';
import type { Refused } from './verdict.js';

interface Entry {
  readonly refusal: Refused;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/**
 * Caches tokens that a server has just refused, by their digest, so that it is not called again at
 * once.
 */
export class RefusedTokens {
  readonly #entries: LRUCache<string, Entry>;

  constructor(
    max: number,
    private readonly ttlMs: number,
  ) {
    this.#entries = new LRUCache({ max });
  }

  get size(): number {
    return this.#entries.size;
  }

  recall(digest: string): Refused | undefined {
    const entry = this.#entries.get(digest);
    if (entry === undefined) return undefined;
    if (Date.now() < entry.until) return entry.refusal;
    this.#entries.delete(digest);
    return undefined;
  }

  remember(digest: string, refusal: Refused): void {
    if (this.ttlMs > 0) this.#entries.set(digest, { refusal, until: Date.now() + this.ttlMs });
  }
}
