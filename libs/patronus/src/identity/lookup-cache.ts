import { LRUCache } from 'lru-cache';
import { withinDeadline } from './deadline.js';

/** Limits of a cache of look-ups. Durations are in seconds. */
export interface LookupLimits {
  readonly max: number;
  readonly ttl: number;
  /** Timeout of one look-up. */
  readonly timeout: number;
}

interface Kept<Answer> {
  readonly answer: Answer;
  readonly until: number;
}

/**
 * Caches the answers of slow look-ups by key. The cache is bounded, answers expire, and concurrent
 * callers share one look-up. Errors are not cached.
 */
export class LookupCache<Answer> {
  readonly #kept: LRUCache<string, Kept<Answer>>;
  readonly #flights = new Map<string, Promise<Answer>>();

  constructor(private readonly limits: LookupLimits) {
    this.#kept = new LRUCache({ max: limits.max });
  }

  /** Returns a cached answer, wrapped because an answer may be undefined. */
  recall(key: string): { readonly answer: Answer } | undefined {
    const kept = this.#kept.get(key);
    return kept !== undefined && Date.now() < kept.until ? kept : undefined;
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
    const running = this.#flights.get(key);
    if (running !== undefined) return running;
    const isCurrent = (): boolean => this.#flights.get(key) === flight;
    const flight: Promise<Answer> = this.#ask(key, ask, end, isCurrent);
    this.#flights.set(key, flight);
    const land = (): void => {
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
    };
    flight.then(land, land);
    return flight;
  }

  /** Forgets one answer, or all, including those in flight. */
  forget(key?: string): void {
    if (key === undefined) {
      this.#kept.clear();
      this.#flights.clear();
      return;
    }
    this.#kept.delete(key);
    this.#flights.delete(key);
  }

  /** Forgets the answers whose key matches, including those in flight. */
  forgetWhere(matches: (key: string) => boolean): void {
    for (const key of new Set([...this.#kept.keys(), ...this.#flights.keys()])) {
      if (matches(key)) this.forget(key);
    }
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
    if (isCurrent()) this.#kept.set(key, { answer, until });
    return answer;
  }
}
