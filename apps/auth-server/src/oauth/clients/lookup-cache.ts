import KeyvRedis, { createClient } from '@keyv/redis';
import { CACHE_MANAGER, type CacheModuleOptions } from '@nestjs/cache-manager';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Cache } from 'cache-manager';
import { Keyv } from 'keyv';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { withinDeadline } from '../../operation/deadline.js';
import { ServerSettings } from '../../operation/settings/server-settings.js';

/** The lifetime of an entry, in milliseconds. After that, every instance sees a change. */
const TTL = 4_000;
/** The time limit of the cache, in milliseconds. */
const TIMEOUT_MS = 250;

/**
 * Caches rows that every request needs. If the cache does not answer, the database is read, and the cache is
 * not used for a while.
 *
 * The library's shared cache is used again after a second, because its entries carry the generation that a
 * purge replaces. A deletion that fails here leaves no such sign, so this cache stays unused until its entries
 * have expired.
 */
@Injectable()
export class LookupCache {
  readonly #logger = new Logger(LookupCache.name);
  readonly #prefix: string;
  #passedOverUntil = 0;
  /** Counts changes. A read during a change may be outdated, so it is not cached. */
  #changes = 0;

  constructor(
    @Inject(CACHE_MANAGER) private readonly cache: Cache,
    { redisPrefix }: ServerSettings,
  ) {
    this.#prefix = `${redisPrefix}:lookup:`;
  }

  /** Counts the changes that this instance knows of. A read that began before one may be outdated. */
  get changes(): number {
    return this.#changes;
  }

  /** Caches the rows of one kind. Call it once for each kind. */
  rows<T>(options: LookupOptions<T>): LookupRows<T> {
    return new LookupRows(this, options);
  }

  /** Removes entries. Call it after a change is committed. Never rejects. */
  async forget(keys: readonly string[]): Promise<void> {
    this.#changes += 1;
    await Promise.all(keys.map((key) => this.#attempt(() => this.cache.del(this.#prefix + key))));
  }

  async get<T>(key: string, schema: z.ZodType<Entry<T>>): Promise<T | undefined> {
    if (Date.now() < this.#passedOverUntil) return undefined;
    const found = await this.#attempt(() => this.cache.get<unknown>(this.#prefix + key));
    const { data } = schema.safeParse(found);
    if (data === undefined) return undefined;
    const age = Date.now() - data.readAt;
    // An entry from the future was written by a wrong clock.
    return age >= 0 && age < TTL ? data.value : undefined;
  }

  async set(key: string, entry: Entry<unknown>): Promise<void> {
    const left = entry.readAt + TTL - Date.now();
    if (left <= 0 || Date.now() < this.#passedOverUntil) return;
    await this.#attempt(() => this.cache.set(this.#prefix + key, entry, left));
  }

  /** Calls the cache. After a failure it is not used until all of its entries have expired. */
  async #attempt<T>(call: () => Promise<T>): Promise<T | undefined> {
    try {
      return await withinDeadline(call(), TIMEOUT_MS);
    } catch (error) {
      if (Date.now() >= this.#passedOverUntil) {
        this.#logger.warn('The cache does not answer. The database is read instead.', error);
      }
      this.#passedOverUntil = Date.now() + TTL;
      return undefined;
    }
  }
}

/** A cached row. `readAt` is in milliseconds since the epoch. */
interface Entry<T> {
  readonly value: T;
  readonly readAt: number;
}

export interface LookupOptions<T> {
  /** The prefix of keys. */
  readonly kind: string;
  /** The format of entries. Other entries are ignored. */
  readonly schema: z.ZodType<T>;
  /** Reads the database. A missing row is not cached. */
  readonly load: (id: string) => Promise<T | undefined>;
}

/** The cached rows of one kind. */
export class LookupRows<T> {
  readonly #entry: z.ZodType<Entry<T>>;
  /** The reads in progress, each with the number of changes at its start. */
  readonly #flights = new Map<string, { changes: number; row: Promise<T | undefined> }>();

  constructor(
    private readonly cache: LookupCache,
    private readonly options: LookupOptions<T>,
  ) {
    this.#entry = z.object({ value: options.schema, readAt: z.number() });
  }

  /** Finds a row. Parallel calls share one read, unless a change came between them. */
  find(id: string): Promise<T | undefined> {
    const { changes } = this.cache;
    const joined = this.#flights.get(id);
    if (joined?.changes === changes) return joined.row;
    const flight = { changes, row: this.#read(id, changes) };
    this.#flights.set(id, flight);
    const land = (): void => {
      if (this.#flights.get(id) === flight) this.#flights.delete(id);
    };
    flight.row.then(land, land);
    return flight.row;
  }

  /** Removes rows. Call it after a change is committed. Never rejects. */
  forget(ids: readonly string[]): Promise<void> {
    return this.cache.forget(ids.map((id) => this.#key(id)));
  }

  async #read(id: string, changes: number): Promise<T | undefined> {
    const kept = await this.cache.get(this.#key(id), this.#entry);
    if (kept !== undefined) return kept;
    const readAt = Date.now();
    const value = await this.options.load(id);
    if (value !== undefined && changes === this.cache.changes) {
      await this.cache.set(this.#key(id), { value, readAt });
    }
    return value;
  }

  #key(id: string): string {
    return `${this.options.kind}:${id}`;
  }
}

/**
 * A store for Keyv in the memory of this process, which drops the least recently used entry. Keyv checks
 * expiry itself, but passes a number that lru-cache would not accept as options, so it is ignored. The store
 * of the library is not public.
 */
class BoundedStore extends LRUCache<string, string> {
  override set(key: string, value: string): this {
    return super.set(key, value);
  }
}

/** The maximum number of clients and resource servers that a process caches. */
const MAX_ENTRIES = 10_000;

/** Failures reject the call and emit no event. */
const TOLD = { throwOnErrors: true, emitErrors: false };

/** Uses Redis if it is configured, or the memory of this process. */
export function lookupCacheOptions({ redisUrl }: ServerSettings): CacheModuleOptions {
  if (redisUrl === undefined) {
    return { stores: [new Keyv({ store: new BoundedStore({ max: MAX_ENTRIES }), ...TOLD })] };
  }
  // A command that cannot be sent fails immediately and is not queued.
  const client = createClient({ url: redisUrl, disableOfflineQueue: true });
  const store = new KeyvRedis(client, { throwOnErrors: true });
  return { stores: [new Keyv({ store, ...TOLD, namespace: '', useKeyPrefix: false })] };
}
