import type { Cache } from 'cache-manager';
import { isJsonObject, member, type JsonObject } from '../identity/json-object.js';
import { SharedCache } from './shared-cache.js';

/** What a server answered of a good token. */
export interface DatedAnswer {
  readonly answer: JsonObject;
  /** When it was asked, in milliseconds since the epoch. */
  readonly askedAt: number;
}

/**
 * The answers that processes share, over a `Cache` of cache-manager. It can make a request slower,
 * never wrong: what cannot be read, in time, is asked for.
 */
export class SharedAnswers {
  private readonly cache: SharedCache;

  /** @param prefix of the keys; differs where the question does */
  constructor(
    cache: Cache,
    private readonly prefix: string,
    private readonly ttlMs: number,
  ) {
    this.cache = new SharedCache(cache);
  }

  /** The answer of a token with that digest, where it still counts. Never rejects. */
  async read(digest: string): Promise<DatedAnswer | undefined> {
    const key = this.prefix + digest;
    return this.parse(await this.cache.attempt((cache) => cache.get<unknown>(key)));
  }

  /** Keeps an answer for the rest of its time. Never rejects, and need not be waited for. */
  async write(digest: string, { answer, askedAt }: DatedAnswer): Promise<void> {
    const remaining = askedAt + this.ttlMs - Date.now();
    if (remaining <= 0) return;
    const [key, entry] = [this.prefix + digest, { answer, askedAt }];
    // Where an entry is missing, the next process asks the server itself.
    await this.cache.attempt((cache) => cache.set(key, entry, remaining));
  }

  /** Others write there too. An entry from the future was written by a clock that nobody can trust. */
  private parse(found: unknown): DatedAnswer | undefined {
    if (!isJsonObject(found)) return undefined;
    const answer = member(found, 'answer');
    const askedAt = member(found, 'askedAt');
    if (!isJsonObject(answer) || typeof askedAt !== 'number') return undefined;
    const age = Date.now() - askedAt;
    return age >= 0 && age < this.ttlMs ? { answer, askedAt } : undefined;
  }
}
