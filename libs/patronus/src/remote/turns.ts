import { CrowdedError } from './remote-errors.js';
import {
  GIVE_WAY_AFTER,
  MAX_IN_FLIGHT,
  MAX_WAIT,
  MAX_WAITING,
  PATIENT_TURNS,
} from './remote-limits.js';

/** Factor by which a call may exceed the usual time before it is cut off. */
const TOLERANCE = 4;

/** The weight of the latest answer in the usual time. */
const WEIGHT = 0.1;

/** Maximum of the usual time, in milliseconds. */
const MAX_USUAL_MS = 1000;

/** Makes a call, and aborts it with the signal. */
export type Question<T> = (signal: AbortSignal) => Promise<T>;

/** Returns true if the time of an answer counts for the usual time. */
export type IsUsual<T> = (answer: T) => boolean;

interface Turn {
  /** Milliseconds of the monotonic clock. */
  readonly since: number;
  readonly end: AbortController;
}

/**
 * Bounds the number of calls to a server that are in flight. A call that finds all turns taken waits.
 *
 * While calls wait, those that get no answer in time are cut off: the server may hang for the tokens of one
 * client and answer all others. The {@link PATIENT_TURNS} oldest calls are never cut off, so that a server
 * that is slow for every client still gives answers.
 *
 * The usual time has a maximum, and the caller says which answers count for it: a client must not raise it
 * with invented tokens that the server refuses slowly.
 */
export class Turns {
  /** The oldest first. */
  readonly #running = new Set<Turn>();
  /** Starts each waiting call. The first one waits longest. */
  readonly #waiting = new Set<() => void>();
  /** The usual time of an answer that counts, in milliseconds. */
  #usual = 0;
  #check: NodeJS.Timeout | undefined;

  /** @throws {CrowdedError} if too many calls wait, or this one for too long; or the error of the call */
  take<T>(question: Question<T>, isUsual: IsUsual<T> = () => true): Promise<T> {
    if (this.#running.size < MAX_IN_FLIGHT) return this.#run(question, isUsual);
    if (this.#waiting.size >= MAX_WAITING) return Promise.reject(new CrowdedError());
    return new Promise((resolve, reject) => {
      const patience = AbortSignal.timeout(MAX_WAIT * 1000);
      const leave = (): void => {
        if (this.#waiting.delete(begin)) reject(new CrowdedError());
      };
      const begin = (): void => {
        patience.removeEventListener('abort', leave);
        resolve(this.#run(question, isUsual));
      };
      patience.addEventListener('abort', leave);
      this.#waiting.add(begin);
      this.#makeWay();
    });
  }

  async #run<T>(question: Question<T>, isUsual: IsUsual<T>): Promise<T> {
    const turn = { since: performance.now(), end: new AbortController() };
    this.#running.add(turn);
    try {
      const answer = await question(turn.end.signal);
      if (isUsual(answer)) this.#learn(performance.now() - turn.since);
      return answer;
    } finally {
      this.#running.delete(turn);
      const [begin] = this.#waiting;
      if (begin !== undefined) {
        this.#waiting.delete(begin);
        begin();
        this.#makeWay();
      }
    }
  }

  #learn(time: number): void {
    const took = Math.min(time, MAX_USUAL_MS);
    this.#usual = this.#usual === 0 ? took : this.#usual + WEIGHT * (took - this.#usual);
  }

  /** Cuts off as many calls as wait, if their time is over. Checks again when the time of the next one is. */
  #makeWay(): void {
    clearTimeout(this.#check);
    const now = performance.now();
    const time = Math.max(GIVE_WAY_AFTER * 1000, TOLERANCE * this.#usual);
    let wanted = this.#waiting.size;
    for (const { since, end } of [...this.#running].slice(PATIENT_TURNS)) {
      if (wanted === 0) return;
      const left = since + time - now;
      if (!end.signal.aborted && left > 0) {
        this.#check = setTimeout(() => this.#makeWay(), left).unref();
        return;
      }
      wanted -= 1;
      end.abort(new Error('no answer so far, and other tokens are waiting'));
    }
  }
}
