import { LRUCache } from 'lru-cache';
import { TOTAL_TIMEOUT } from './remote-limits.js';

/** Number of different subjects that must fail in a row before the server is considered out. */
export const FAILURES_TO_OPEN = 3;

/** Delay before a server that fails is called again, at first and at most, in seconds. */
export const OPEN_FOR = { first: 1, most: 10 } as const;

/**
 * Seconds for which a successful call counts in favour of a server that answers others with
 * failures.
 */
export const GOOD_FOR = 10;

/** The same for a server that gives others no complete answer: the timeout of a call, in seconds. */
export const WELL_FOR = TOTAL_TIMEOUT;

/** Mean delay between two calls to a server that can be reached and that fails, in seconds. */
export const PROBE_EVERY = 0.1;

/** Maximum number of subjects that one streak remembers. */
const MAX_SUBJECTS = 1000;

interface Failed {
  /** Milliseconds since the epoch. */
  readonly repeatAt: number;
  /** Seconds. */
  readonly wait: number;
}

/**
 * Subjects of the calls that failed since the last success. A subject counts once, regardless of
 * the number of its failures: one token that a server cannot read is not evidence about other
 * tokens.
 *
 * While the server can be reached, a failure counts only if no call has succeeded for {@link GOOD_FOR}, or for
 * {@link WELL_FOR} if there was no complete answer: one client can invent many such tokens.
 */
export class FailureStreak {
  readonly #failed = new LRUCache<string | symbol, Failed>({ max: MAX_SUBJECTS });
  /** Failures without a complete answer. */
  readonly #cutOff = new LRUCache<string | symbol, true>({ max: FAILURES_TO_OPEN });
  /** Failures that no subject causes. */
  readonly #ofServer = new LRUCache<symbol, true>({ max: FAILURES_TO_OPEN });
  /** Milliseconds since the epoch. */
  #wentWellAt = -Infinity;
  #probeAt = -Infinity;

  /** True if enough different subjects have failed to consider the server itself out. */
  get isOutage(): boolean {
    if (this.#ofServer.size >= FAILURES_TO_OPEN) return true;
    const since = (Date.now() - this.#wentWellAt) / 1000;
    const isCutOff = this.#cutOff.size >= FAILURES_TO_OPEN;
    return this.#failed.size >= FAILURES_TO_OPEN && since >= (isCutOff ? WELL_FOR : GOOD_FOR);
  }

  /**
   * Adds a failure.
   *
   * @param subject of the call; without one the failure counts by itself
   * @param isAnswered - true if the server gave a complete answer
   */
  add(subject: string | undefined, isAnswered = false): void {
    const own = Symbol('failure');
    const key = subject ?? own;
    if (subject === undefined) this.#ofServer.set(own, true);
    if (!isAnswered) this.#cutOff.set(key, true);
    this.#set(key, OPEN_FOR.first);
    this.#pauseProbes();
  }

  /** True if the server can be reached, although it fails. */
  get isReached(): boolean {
    return this.#failed.size > 0 && this.#ofServer.size < FAILURES_TO_OPEN;
  }

  /** Returns true if a new subject may be tried while the server can be reached: at a bounded rate. */
  mayProbe(): boolean {
    if (Date.now() < this.#probeAt) return false;
    this.#pauseProbes();
    return true;
  }

  has(subject: string): boolean {
    return this.#failed.has(subject);
  }

  /** Returns true if a failed subject may be tried again. Its delay grows each time. */
  mayRepeat(subject: string): boolean {
    const failed = this.#failed.get(subject);
    if (failed === undefined) return true;
    if (Date.now() < failed.repeatAt) return false;
    this.#set(subject, Math.min(2 * failed.wait, OPEN_FOR.most));
    return true;
  }

  forget(subject: string): void {
    this.#failed.delete(subject);
    this.#cutOff.delete(subject);
  }

  /** Records a success: the next failure begins a new streak. */
  end(): void {
    this.#failed.clear();
    this.#cutOff.clear();
    this.#ofServer.clear();
    this.#wentWellAt = Date.now();
  }

  /**
   * Delays the next trial. The delay is random, so that no client can time its own subject for the
   * end of it.
   */
  #pauseProbes(): void {
    this.#probeAt = Date.now() + (0.5 + Math.random()) * PROBE_EVERY * 1000;
  }

  #set(subject: string | symbol, wait: number): void {
    const pause = wait * (1 - Math.random() / 2);
    this.#failed.set(subject, { wait, repeatAt: Date.now() + pause * 1000 });
  }
}
