import type { KeyvStoreAdapter } from 'keyv';
import { LRUCache } from 'lru-cache';

/** Keys of one entry: its answer, a generation for its user, and one for its tenant. */
const KEYS_PER_ENTRY = 3;

/**
 * A store in this process that drops the least recently used keys when it holds `max` answers.
 *
 * It is an adapter for the `Keyv` that `CacheModule` creates. Version 3 of `@nestjs/cache-manager` is
 * CommonJS and does not recognize a `Keyv` of the ES module. The memory store of `cacheable` is also
 * bounded, but every application would load that whole package for it.
 */
class BoundedStore implements KeyvStoreAdapter {
  readonly opts = {};
  readonly #values: LRUCache<string, string>;

  constructor(max: number) {
    this.#values = new LRUCache({ max: max * KEYS_PER_ENTRY });
  }

  // Keyv passes a string that it makes of the value and the time, and reads `any`.
  async get<Value>(key: string): Promise<Value | undefined>;
  async get(key: string): Promise<unknown> {
    return this.#values.get(key);
  }

  /**
   * Stores a value. `Keyv` keeps the expiry in the value, so a store ignores the argument for it.
   */
  set(key: string, value: string): void {
    this.#values.set(key, value);
  }

  async delete(key: string): Promise<boolean> {
    return this.#values.delete(key);
  }

  async clear(): Promise<void> {
    this.#values.clear();
  }

  /** Accepts a listener for errors, which this store never emits. */
  on(): this {
    return this;
  }
}

export function boundedStore(max = 10_000): KeyvStoreAdapter {
  return new BoundedStore(max);
}
