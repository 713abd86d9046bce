import type { Cache } from 'cache-manager';
import { withinDeadline } from '../identity/deadline.js';
import { isJsonObject, member, type JsonObject } from '../identity/json-object.js';
import { Circuit } from './circuit.js';

/** Timeout of the shared cache in milliseconds, after which it is bypassed. */
const PATIENCE_MS = 250;

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
  private readonly circuit = new Circuit();

  /**
   * Creates the cache.
   *
   * @param prefix of the keys, which differs for different servers and settings
   */
  constructor(
    private readonly cache: Cache,
    private readonly prefix: string,
    private readonly ttlMs: number,
  ) {}

  /** Returns the answer for a token with that digest, if it is still valid. Never rejects. */
  async read(digest: string): Promise<DatedAnswer | undefined> {
    try {
      const found = await this.attempt(() => this.cache.get<unknown>(this.prefix + digest));
      return this.parse(found);
    } catch {
      return undefined;
    }
  }

  /** Stores an answer for the rest of its lifetime. Never rejects, and need not be awaited. */
  async write(digest: string, { answer, askedAt }: DatedAnswer): Promise<void> {
    const remaining = askedAt + this.ttlMs - Date.now();
    if (remaining <= 0) return;
    try {
      const entry = { answer, askedAt };
      await this.attempt(() => this.cache.set(this.prefix + digest, entry, remaining));
    } catch {
      // The entry is missing, so the next process calls the server itself.
    }
  }

  /**
   * Makes a call to the store. While the store hangs, requests do not wait for it, and no calls
   * accumulate in its client.
   */
  private attempt<T>(call: () => Promise<T>): Promise<T> {
    return this.circuit.run(() => withinDeadline(call(), PATIENCE_MS));
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
