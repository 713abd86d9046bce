import { LRUCache } from 'lru-cache';

interface Entry<Value> {
  readonly value: Value;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/**
 * Values by key, in bounded memory, each until a moment of its own.
 *
 * It is not the `ttl` of lru-cache: that counts on a clock that does not follow the wall clock, as
 * the `exp` of a token does, takes 0 for no end, and gives a value at the very moment of its end.
 */
export class ExpiringCache<Value> {
  readonly #entries: LRUCache<string, Entry<Value>>;

  /** @param max values at most; the least recently used one goes first */
  constructor(max: number) {
    this.#entries = new LRUCache({ max });
  }

  /** The number of values that are kept, those included that have just ended. */
  get size(): number {
    return this.#entries.size;
  }

  get max(): number {
    return this.#entries.max;
  }

  get(key: string): Value | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (Date.now() < entry.until) return entry.value;
    this.#entries.delete(key);
    return undefined;
  }

  /** @param until - the end, in milliseconds since the epoch. A value that has ended is not kept */
  set(key: string, value: Value, until: number): void {
    if (Date.now() < until) this.#entries.set(key, { value, until });
    else this.#entries.delete(key);
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  /** Drops the values for which the condition holds. */
  deleteWhere(matches: (value: Value, key: string) => boolean): void {
    for (const [key, { value }] of this.#entries.entries()) {
      if (matches(value, key)) this.#entries.delete(key);
    }
  }

  clear(): void {
    this.#entries.clear();
  }
}
