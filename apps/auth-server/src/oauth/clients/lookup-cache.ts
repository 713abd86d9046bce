import KeyvRedis, { createClient } from '@keyv/redis';
import { CACHE_MANAGER, type CacheModuleOptions } from '@nestjs/cache-manager';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Cache } from 'cache-manager';
import { Keyv } from 'keyv';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { withinDeadline } from '../../operation/deadline.js';
import { ServerSettings } from '../../operation/settings/server-settings.js';

/** How long what was read is believed, in milliseconds: after that, everybody sees a change. */
const TTL = 4_000;
/** How long the cache may take before it is passed over, in milliseconds. */
const PATIENCE = 250;

/**
 * Remembers rows that every request needs. Where the cache does not answer, the database is read; for a
 * while the cache is not even asked.
 *
 * It is the only such cache of the platform. The library's own asks again after a second, and may: what
 * it reads carries the generation that a purge replaces, where a deletion that failed here leaves no sign.
 */
@Injectable()
export class LookupCache {
  readonly #logger = new Logger(LookupCache.name);
  readonly #prefix: string;
  #passedOverUntil = 0;
  /** Whoever reads the database while this changes may hold what is no longer so. */
  #changes = 0;

  constructor(
    @Inject(CACHE_MANAGER) private readonly cache: Cache,
    { redisPrefix }: ServerSettings,
  ) {
    this.#prefix = `${redisPrefix}:lookup:`;
  }

  /**
   * @param schema what is kept: an entry that is not like that is passed over
   * @param load reads the database; what is not there is not remembered
   */
  async read<T>(
    key: string,
    schema: z.ZodType<T>,
    load: () => Promise<T | undefined>,
  ): Promise<T | undefined> {
    const kept = await this.#kept(key, schema);
    if (kept !== undefined) return kept;
    const readAt = Date.now();
    const changes = this.#changes;
    const value = await load();
    if (value !== undefined && changes === this.#changes) await this.#keep(key, { value, readAt });
    return value;
  }

  /** To be called once a change has been committed. Never rejects. */
  async forget(keys: readonly string[]): Promise<void> {
    this.#changes += 1;
    await Promise.all(keys.map((key) => this.#attempt(() => this.cache.del(this.#prefix + key))));
  }

  async #kept<T>(key: string, schema: z.ZodType<T>): Promise<T | undefined> {
    if (Date.now() < this.#passedOverUntil) return undefined;
    const found = await this.#attempt(() => this.cache.get<unknown>(this.#prefix + key));
    const { data } = z.object({ value: schema, readAt: z.number() }).safeParse(found);
    if (data === undefined) return undefined;
    const age = Date.now() - data.readAt;
    // One from the future was written by a clock that nobody can trust.
    return age >= 0 && age < TTL ? data.value : undefined;
  }

  async #keep(key: string, entry: { value: unknown; readAt: number }): Promise<void> {
    const left = entry.readAt + TTL - Date.now();
    if (left <= 0 || Date.now() < this.#passedOverUntil) return;
    await this.#attempt(() => this.cache.set(this.#prefix + key, entry, left));
  }

  /** After a failure, passes the cache over until all that it may hold by now is too old. */
  async #attempt<T>(call: () => Promise<T>): Promise<T | undefined> {
    try {
      return await withinDeadline(call(), PATIENCE);
    } catch (error) {
      if (Date.now() >= this.#passedOverUntil) {
        this.#logger.warn('The cache does not answer: the database is read instead.', error);
      }
      this.#passedOverUntil = Date.now() + TTL;
      return undefined;
    }
  }
}

/**
 * A store for Keyv in the memory of this process, which drops what was used least recently. Keyv itself
 * minds the time; it hands over a number where lru-cache takes options, and nothing would be kept. The
 * store of the library is not public.
 */
class BoundedStore extends LRUCache<string, string> {
  override set(key: string, value: string): this {
    return super.set(key, value);
  }
}

/** Clients and resource servers that one process remembers at most. */
const MAX_ENTRIES = 10_000;

/** What fails is told to the caller, and to nobody else. */
const TOLD = { throwOnErrors: true, emitErrors: false };

/** Redis where there is one, else the memory of this process. */
export function lookupCacheOptions({ redisUrl }: ServerSettings): CacheModuleOptions {
  if (redisUrl === undefined) {
    return { stores: [new Keyv({ store: new BoundedStore({ max: MAX_ENTRIES }), ...TOLD })] };
  }
  // A command that cannot be sent fails at once, and is not kept for later.
  const client = createClient({ url: redisUrl, disableOfflineQueue: true });
  const store = new KeyvRedis(client, { throwOnErrors: true });
  return { stores: [new Keyv({ store, ...TOLD, namespace: '', useKeyPrefix: false })] };
}
