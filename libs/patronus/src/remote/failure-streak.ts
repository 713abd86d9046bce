import { LRUCache } from 'lru-cache';
import { TOTAL_TIMEOUT } from './remote-limits.js';

/** The number of different subjects that must fail in a row before the server is held to be out. */
export const FAILURES_TO_OPEN = 3;

/** The pause before a server that fails is asked again, at first and at most, in seconds. */
export const OPEN_FOR = { first: 1, most: 10 } as const;

/** For how long a call that went well speaks for a server that answers others with failures, in seconds. */
export const GOOD_FOR = 10;

/** The same for a server that gives others no whole answer: as long as a question may take, in seconds. */
export const WELL_FOR = TOTAL_TIMEOUT;

/** The mean pause between two questions to a server that can be reached and that fails, in seconds. */
export const PROBE_EVERY = 0.1;

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
 *
 * Where the server can be reached, a failure counts only if no call has gone well for {@link GOOD_FOR}, or
 * for {@link WELL_FOR} if there was no whole answer: one client can invent many such tokens.
 */
export class FailureStreak {
  readonly #failed = new LRUCache<string | symbol, Failed>({ max: MAX_SUBJECTS });
  /** Those without a whole answer. */
  readonly #cutOff = new LRUCache<string | symbol, true>({ max: FAILURES_TO_OPEN });
  /** Those that no subject is the reason of. */
  readonly #ofServer = new LRUCache<symbol, true>({ max: FAILURES_TO_OPEN });
  /** Milliseconds since the epoch. */
  #wentWellAt = -Infinity;
  #probeAt = -Infinity;

  /** Whether enough different subjects have failed to hold the server itself to be out. */
  get isOutage(): boolean {
    if (this.#ofServer.size >= FAILURES_TO_OPEN) return true;
    const since = (Date.now() - this.#wentWellAt) / 1000;
    const isCutOff = this.#cutOff.size >= FAILURES_TO_OPEN;
    return this.#failed.size >= FAILURES_TO_OPEN && since >= (isCutOff ? WELL_FOR : GOOD_FOR);
  }

  /**
   * @param subject of the call; without one the failure counts by itself
   * @param isAnswered - whether the server gave a whole answer
   */
  add(subject: string | undefined, isAnswered = false): void {
    const own = Symbol('failure');
    const key = subject ?? own;
    if (subject === undefined) this.#ofServer.set(own, true);
    if (!isAnswered) this.#cutOff.set(key, true);
    this.#set(key, OPEN_FOR.first);
    this.#pauseProbes();
  }

  /** Whether the server can be reached, though it fails. */
  get isReached(): boolean {
    return this.#failed.size > 0 && this.#ofServer.size < FAILURES_TO_OPEN;
  }

  /** Whether a new subject may be tried while the server can be reached: at a bounded rate. */
  mayProbe(): boolean {
    if (Date.now() < this.#probeAt) return false;
    this.#pauseProbes();
    return true;
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
    this.#cutOff.delete(subject);
  }

  /** A call went well: the next failure begins a new streak. */
  end(): void {
    this.#failed.clear();
    this.#cutOff.clear();
    this.#ofServer.clear();
    this.#wentWellAt = Date.now();
  }

  /** The pause is random, so that no client can time its own subject for the end of it. */
  #pauseProbes(): void {
    this.#probeAt = Date.now() + (0.5 + Math.random()) * PROBE_EVERY * 1000;
  }

  #set(subject: string | symbol, wait: number): void {
    const pause = wait * (1 - Math.random() / 2);
    this.#failed.set(subject, { wait, repeatAt: Date.now() + pause * 1000 });
  }
}
