import { LRUCache } from 'lru-cache';
import { withinDeadline } from './deadline.js';

/** How answers are kept. Durations are in seconds. */
export interface LookupLimits {
  readonly max: number;
  readonly ttl: number;
  /** How long one question may take. */
  readonly timeout: number;
}

interface Kept<Answer> {
  readonly answer: Answer;
  readonly until: number;
}

/**
 * Answers to questions that take a while, by key: bounded, for a time, and asked once however many
 * want to know. An error is kept for nobody.
 */
export class LookupCache<Answer> {
  readonly #kept: LRUCache<string, Kept<Answer>>;
  readonly #flights = new Map<string, Promise<Answer>>();

  constructor(private readonly limits: LookupLimits) {
    this.#kept = new LRUCache({ max: limits.max });
  }

  /** What is known already, wrapped, since an answer may be undefined. */
  recall(key: string): { readonly answer: Answer } | undefined {
    const kept = this.#kept.get(key);
    return kept !== undefined && Date.now() < kept.until ? kept : undefined;
  }

  /**
   * Asks, and keeps the answer unless it was forgotten meanwhile.
   *
   * @param end - the latest time until which the answer is kept, in milliseconds since the epoch
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

  /** Forgets one answer, or all, and those that are under way. */
  forget(key?: string): void {
    if (key === undefined) {
      this.#kept.clear();
      this.#flights.clear();
      return;
    }
    this.#kept.delete(key);
    this.#flights.delete(key);
  }

  /** Forgets the answers whose key matches, and those that are under way. */
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
