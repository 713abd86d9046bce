import { LRUCache } from 'lru-cache';

/**
 * A store for Keyv in the memory of this process, which drops what was used least recently. Keyv itself
 * minds the time; it hands over a number where lru-cache takes options, and nothing would be kept.
 */
export class BoundedStore extends LRUCache<string, string> {
  override set(key: string, value: string): this {
    return super.set(key, value);
  }
}
