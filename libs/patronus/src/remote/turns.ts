import { CrowdedError } from './remote-errors.js';
import {
  GIVE_WAY_AFTER,
  MAX_IN_FLIGHT,
  MAX_WAIT,
  MAX_WAITING,
  PATIENT_TURNS,
} from './remote-limits.js';

/** How much longer than usual an answer may take before its question gives way. */
const TOLERANCE = 4;

/** The weight of the latest answer in the usual time. */
const WEIGHT = 0.1;

/** Asks something, until the signal ends it. */
export type Question<T> = (signal: AbortSignal) => Promise<T>;

interface Turn {
  /** Milliseconds of the monotonic clock. */
  readonly since: number;
  readonly end: AbortController;
}

/**
 * The questions that one server is asked at once. A question that finds all turns taken waits.
 *
 * While questions wait, those that get no answer in time give way: the server may hang for one client's
 * tokens and answer all others. {@link PATIENT_TURNS} of the oldest run to their end, so that a server
 * that is slow for everybody still gives answers.
 */
export class Turns {
  /** The oldest first. */
  readonly #running = new Set<Turn>();
  /** What begins each question that waits, the first one first. */
  readonly #waiting = new Set<() => void>();
  /** The usual time of an answer, in milliseconds. */
  #usual = 0;
  #check: NodeJS.Timeout | undefined;

  /** @throws {CrowdedError} where too many wait, or for too long; or the error of the question */
  take<T>(question: Question<T>): Promise<T> {
    if (this.#running.size < MAX_IN_FLIGHT) return this.#run(question);
    if (this.#waiting.size >= MAX_WAITING) return Promise.reject(new CrowdedError());
    return new Promise((resolve, reject) => {
      const patience = AbortSignal.timeout(MAX_WAIT * 1000);
      const leave = (): void => {
        if (this.#waiting.delete(begin)) reject(new CrowdedError());
      };
      const begin = (): void => {
        patience.removeEventListener('abort', leave);
        resolve(this.#run(question));
      };
      patience.addEventListener('abort', leave);
      this.#waiting.add(begin);
      this.#makeWay();
    });
  }

  async #run<T>(question: Question<T>): Promise<T> {
    const turn = { since: performance.now(), end: new AbortController() };
    this.#running.add(turn);
    try {
      const answer = await question(turn.end.signal);
      const took = performance.now() - turn.since;
      this.#usual = this.#usual === 0 ? took : this.#usual + WEIGHT * (took - this.#usual);
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

  /** Ends as many questions as wait, if they have had their time. Looks again once the next one has. */
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
      end.abort(new Error('no answer so far, and other tokens wait to be asked about'));
    }
  }
}
