import { Keyv } from 'keyv';
import { LRUCache } from 'lru-cache';

/** An entry stands beside a generation for its user and one for its tenant. */
const KEYS_PER_ENTRY = 3;

/** Keyv minds the time itself, and hands over a number where lru-cache takes options: it would fail. */
class LeastRecentlyUsed extends LRUCache<string, string> {
  override set(key: string, value: string): this {
    return super.set(key, value);
  }
}

/** A store in this process that drops what was used least recently once it holds `max` answers. */
export function boundedStore(max = 10_000): Keyv {
  return new Keyv({ store: new LeastRecentlyUsed({ max: max * KEYS_PER_ENTRY }) });
}
