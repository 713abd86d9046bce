import { LRUCache } from 'lru-cache';

/** The number of different subjects that must fail in a row before the server is held to be out. */
export const FAILURES_TO_OPEN = 3;

/** The pause before a server that fails is asked again, at first and at most, in seconds. */
export const OPEN_FOR = { first: 1, most: 10 } as const;

/** The most subjects that one streak remembers. */
const MAX_SUBJECTS = 1000;

interface Failed {
  /** Milliseconds since the epoch. */
  readonly repeatAt: number;
  /** Seconds. */
  readonly wait: number;
}

/**
 * The subjects of the calls that failed since the last one that went well. A subject counts once,
 * however often it fails: one token that a server cannot read says nothing of all the others.
 */
export class FailureStreak {
  readonly #failed = new LRUCache<string | symbol, Failed>({ max: MAX_SUBJECTS });

  /** Whether enough different subjects have failed to hold the server itself to be out. */
  get isOutage(): boolean {
    return this.#failed.size >= FAILURES_TO_OPEN;
  }

  /** @param subject of the call; without one the failure counts by itself */
  add(subject: string | undefined): void {
    this.#set(subject ?? Symbol('failure'), OPEN_FOR.first);
  }

  has(subject: string): boolean {
    return this.#failed.has(subject);
  }

  /** Whether a failed subject may be asked about again. Each time that it may, it waits for longer. */
  mayRepeat(subject: string): boolean {
    const failed = this.#failed.get(subject);
    if (failed === undefined) return true;
    if (Date.now() < failed.repeatAt) return false;
    this.#set(subject, Math.min(2 * failed.wait, OPEN_FOR.most));
    return true;
  }

  forget(subject: string): void {
    this.#failed.delete(subject);
  }

  /** A call went well: the next failure begins a new streak. */
  end(): void {
    this.#failed.clear();
  }

  #set(subject: string | symbol, wait: number): void {
    const pause = wait * (1 - Math.random() / 2);
    this.#failed.set(subject, { wait, repeatAt: Date.now() + pause * 1000 });
  }
}
