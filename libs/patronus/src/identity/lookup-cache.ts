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

  /** Asks, and keeps the answer unless it was forgotten meanwhile. */
  load(key: string, ask: () => Answer | Promise<Answer>): Promise<Answer> {
    const running = this.#flights.get(key);
    if (running !== undefined) return running;
    const flight: Promise<Answer> = this.#ask(key, ask, () => this.#flights.get(key) === flight);
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

  async #ask(
    key: string,
    ask: () => Answer | Promise<Answer>,
    isCurrent: () => boolean,
  ): Promise<Answer> {
    const askedAt = Date.now();
    const asked = (async () => ask())();
    const answer = await withinDeadline(asked, this.limits.timeout * 1000);
    if (isCurrent()) this.#kept.set(key, { answer, until: askedAt + this.limits.ttl * 1000 });
    return answer;
  }
}
