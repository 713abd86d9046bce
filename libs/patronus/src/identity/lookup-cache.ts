import { withinDeadline } from './deadline.js';
import { ExpiringCache } from './expiring-cache.js';
import { SingleFlight } from './single-flight.js';

/** Limits of a cache of look-ups. Durations are in seconds. */
export interface LookupLimits {
  readonly max: number;
  readonly ttl: number;
  /** Timeout of one look-up. */
  readonly timeout: number;
}

interface Kept<Answer> {
  readonly answer: Answer;
}

/**
 * Caches the answers of slow look-ups by key. The cache is bounded, answers expire, and concurrent
 * callers share one look-up. Errors are not cached.
 */
export class LookupCache<Answer> {
  readonly #kept: ExpiringCache<Kept<Answer>>;
  readonly #flights = new SingleFlight<Answer>();

  constructor(private readonly limits: LookupLimits) {
    this.#kept = new ExpiringCache(limits.max);
  }

  /** Returns a cached answer, wrapped because an answer may be undefined. */
  recall(key: string): Kept<Answer> | undefined {
    return this.#kept.get(key);
  }

  /**
   * Looks up an answer, and caches it unless it was forgotten in the meantime.
   *
   * @param end - the latest time until which the answer is cached, in milliseconds since the epoch
   */
  load(
    key: string,
    ask: () => Answer | Promise<Answer>,
    end: number = Number.POSITIVE_INFINITY,
  ): Promise<Answer> {
    return this.#flights.run(key, (isCurrent) => this.#ask(key, ask, end, isCurrent));
  }

  /** Forgets one answer, or all, including those in flight. */
  forget(key?: string): void {
    if (key === undefined) {
      this.#kept.clear();
      this.#flights.clear();
      return;
    }
    this.#kept.delete(key);
    this.#flights.forget(key);
  }

  /** Forgets the answers whose key matches, including those in flight. */
  forgetWhere(matches: (key: string) => boolean): void {
    this.#kept.deleteWhere((_, key) => matches(key));
    for (const key of this.#flights.keys()) if (matches(key)) this.#flights.forget(key);
  }

  async #ask(
    key: string,
    ask: () => Answer | Promise<Answer>,
    end: number,
    isCurrent: () => boolean,
  ): Promise<Answer> {
    const askedAt = Date.now();
    const asked = (async () => ask())();
    const answer = await withinDeadline(asked, this.limits.timeout * 1000);
    const until = Math.min(askedAt + this.limits.ttl * 1000, end);
    if (isCurrent()) this.#kept.set(key, { answer }, until);
    return answer;
  }
}
