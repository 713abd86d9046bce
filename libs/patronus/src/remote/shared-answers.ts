import type { Cache } from 'cache-manager';
import { withinDeadline } from '../identity/deadline.js';
import { isJsonObject, member, type JsonObject } from '../identity/json-object.js';
import { Circuit } from './circuit.js';

/** How long the shared cache may take before it is passed over, in milliseconds. */
const PATIENCE_MS = 250;

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
  private readonly circuit = new Circuit();

  /** @param prefix of the keys; differs where the question does */
  constructor(
    private readonly cache: Cache,
    private readonly prefix: string,
    private readonly ttlMs: number,
  ) {}

  /** The answer of a token with that digest, where it still counts. Never rejects. */
  async read(digest: string): Promise<DatedAnswer | undefined> {
    try {
      const found = await this.attempt(() => this.cache.get<unknown>(this.prefix + digest));
      return this.parse(found);
    } catch {
      return undefined;
    }
  }

  /** Keeps an answer for the rest of its time. Never rejects, and need not be waited for. */
  async write(digest: string, { answer, askedAt }: DatedAnswer): Promise<void> {
    const remaining = askedAt + this.ttlMs - Date.now();
    if (remaining <= 0) return;
    try {
      const entry = { answer, askedAt };
      await this.attempt(() => this.cache.set(this.prefix + digest, entry, remaining));
    } catch {
      // The entry is missing, so the next process asks the server itself.
    }
  }

  /** While the store hangs, requests do not wait for it, and nothing piles up in its client. */
  private attempt<T>(call: () => Promise<T>): Promise<T> {
    return this.circuit.run(() => withinDeadline(call(), PATIENCE_MS));
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
