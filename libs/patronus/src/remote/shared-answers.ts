import type { Cache } from 'cache-manager';
import { isJsonObject, member, type JsonObject } from '../identity/json-object.js';
import { SharedCache } from './shared-cache.js';

/** Positive answer of a server about a token. */
export interface DatedAnswer {
  readonly answer: JsonObject;
  /** Time at which the server was called, in milliseconds since the epoch. */
  readonly askedAt: number;
}

/**
 * Caches the answers that processes share, over a `Cache` of cache-manager. It can make a request
 * slower, but never wrong: if an entry cannot be read in time, the server is called.
 */
export class SharedAnswers {
  private readonly cache: SharedCache;

  /**
   * Creates the cache.
   *
   * @param prefix of the keys, which differs for different servers and settings
   */
  constructor(
    cache: Cache,
    private readonly prefix: string,
    private readonly ttlMs: number,
  ) {
    this.cache = new SharedCache(cache);
  }

  /** Returns the answer for a token with that digest, if it is still valid. Never rejects. */
  async read(digest: string): Promise<DatedAnswer | undefined> {
    const key = this.prefix + digest;
    return this.parse(await this.cache.attempt((cache) => cache.get<unknown>(key)));
  }

  /** Stores an answer for the rest of its lifetime. Never rejects, and need not be awaited. */
  async write(digest: string, { answer, askedAt }: DatedAnswer): Promise<void> {
    const remaining = askedAt + this.ttlMs - Date.now();
    if (remaining <= 0) return;
    const [key, entry] = [this.prefix + digest, { answer, askedAt }];
    // If the entry is missing, the next process calls the server itself.
    await this.cache.attempt((cache) => cache.set(key, entry, remaining));
  }

  /**
   * Checks an entry, which other software may write to. An entry from the future comes from a wrong
   * clock.
   */
  private parse(found: unknown): DatedAnswer | undefined {
    if (!isJsonObject(found)) return undefined;
    const answer = member(found, 'answer');
    const askedAt = member(found, 'askedAt');
    if (!isJsonObject(answer) || typeof askedAt !== 'number') return undefined;
    const age = Date.now() - askedAt;
    return age >= 0 && age < this.ttlMs ? { answer, askedAt } : undefined;
  }
}
