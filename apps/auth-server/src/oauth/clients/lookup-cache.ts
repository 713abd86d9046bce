import { CACHE_MANAGER } from '@nestjs/cache-manager';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Cache } from 'cache-manager';
import { z } from 'zod';
import { ServerSettings } from '../../settings/server-settings.js';

/** How long what was read is believed, in milliseconds: after that, everybody sees a change. */
const TTL = 4_000;
/** How long the cache may take before it is passed over, in milliseconds. */
const PATIENCE = 250;

/**
 * Remembers rows that every request needs. Where the cache does not answer, the database is read; for a
 * while the cache is not even asked.
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
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`No answer in ${PATIENCE} ms.`)), PATIENCE);
    });
    try {
      return await Promise.race([call(), late]);
    } catch (error) {
      if (Date.now() >= this.#passedOverUntil) {
        this.#logger.warn('The cache does not answer: the database is read instead.', error);
      }
      this.#passedOverUntil = Date.now() + TTL;
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  }
}
