import {
  BrokenCircuitError,
  circuitBreaker,
  CircuitState,
  ExponentialBackoff,
  handleAll,
  type CircuitBreakerPolicy,
} from 'cockatiel';
import { FailureStreak, OPEN_FOR } from './failure-streak.js';
import { FailingAnswerError, NoConnectionError } from './remote-errors.js';

/** Listens for the outages that a {@link Circuit} detects, once for each. */
export interface CircuitListener {
  /**
   * Called when the circuit opens.
   *
   * @param failure the error of the last call
   */
  opened(failure: unknown): void;
  closed(): void;
}

/**
 * Circuit breaker for a server. Once a {@link FailureStreak} is an outage, calls fail at once.
 * After a random time, of {@link OPEN_FOR} with a doubling in between, one call tries again, and
 * closes the circuit or opens it for longer. The time is random so that many instances do not all
 * retry at the same moment.
 *
 * A subject that fails by itself, such as a token that the server cannot read, counts once. It
 * opens no circuit, and it keeps none open, because it never makes the trial call a second time.
 * Without a connection the subject is not the cause, so each failure counts.
 *
 * While a server can be reached, new subjects are tried at a bounded rate, and the first success closes the
 * circuit. A client that invents subjects that fail, or for which the server hangs, cannot use up every trial.
 */
export class Circuit {
  private readonly policy: CircuitBreakerPolicy;
  private readonly streak = new FailureStreak();

  constructor(listener?: CircuitListener) {
    const { streak } = this;
    this.policy = circuitBreaker(handleAll, {
      breaker: {
        state: undefined,
        success: () => streak.end(),
        failure: () => streak.isOutage,
      },
      halfOpenAfter: new ExponentialBackoff({
        initialDelay: OPEN_FOR.first * 1000,
        maxDelay: OPEN_FOR.most * 1000,
      }),
    });
    if (listener !== undefined) this.tell(listener);
  }

  get isOpen(): boolean {
    return this.policy.state === CircuitState.Open;
  }

  /**
   * Makes a call through the circuit.
   *
   * @param subject of the call, such as the digest of a token; without one each failure counts
   * @throws the error of `call`; or {@link BrokenCircuitError} at once, without calling it, while
   * the circuit is open or another call makes the trial
   */
  async run<T>(call: () => Promise<T>, subject?: string): Promise<T> {
    const { state } = this.policy;
    if (state !== CircuitState.Closed && subject !== undefined) {
      if (this.streak.has(subject)) return this.repeat(call, subject);
      if (this.streak.isReached) return this.probe(call, subject);
    }
    // The policy would make it wait for the trial call: five seconds, if the server hangs.
    if (state === CircuitState.HalfOpen) throw new BrokenCircuitError();
    return this.policy.execute(() => this.attempt(call, subject));
  }

  private async attempt<T>(call: () => Promise<T>, subject: string | undefined): Promise<T> {
    try {
      return await call();
    } catch (error) {
      const counted = error instanceof NoConnectionError ? undefined : subject;
      this.streak.add(counted, error instanceof FailingAnswerError);
      throw error;
    }
  }

  /** Makes a call for a new subject while the server can be reached. The circuit closes if it succeeds. */
  private async probe<T>(call: () => Promise<T>, subject: string): Promise<T> {
    if (!this.streak.mayProbe()) throw new BrokenCircuitError();
    const result = await this.attempt(call, subject);
    this.streak.end();
    // The end of an isolation closes the circuit, regardless of the remaining delay.
    if (this.policy.state !== CircuitState.Closed) this.policy.isolate().dispose();
    return result;
  }

  /** Repeats a call for a subject that has failed in this outage, in addition to the trial call. */
  private async repeat<T>(call: () => Promise<T>, subject: string): Promise<T> {
    if (!this.streak.mayRepeat(subject)) throw new BrokenCircuitError();
    const result = await call();
    this.streak.forget(subject);
    // Closes the circuit if its time has come. Otherwise the next call does.
    if (this.isOpen) await this.policy.execute(async () => {}).catch(() => {});
    return result;
  }

  /** Reports an outage once. The policy reports an opening each time a trial fails. */
  private tell(listener: CircuitListener): void {
    let isOut = false;
    this.policy.onBreak((reason) => {
      if (isOut) return;
      isOut = true;
      listener.opened('error' in reason ? reason.error : undefined);
    });
    this.policy.onReset(() => {
      isOut = false;
      listener.closed();
    });
  }
}
