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

/** Hears of the outages that a {@link Circuit} notices, once for each. */
export interface CircuitListener {
  /** @param failure the error of the last call */
  opened(failure: unknown): void;
  closed(): void;
}

/**
 * Stops asking a server that fails. Once a {@link FailureStreak} is an outage, calls fail at once. After
 * a random time, of {@link OPEN_FOR} with a doubling in between, one call tries again, and closes the
 * circuit or opens it for longer. The time is random so that many instances do not all come back in one
 * instant.
 *
 * A subject that fails by itself, such as a token that the server cannot read, counts once: it opens
 * no circuit, and it keeps none open, since it is never the call that tries a second time. Where there is
 * no connection the subject is not the reason, so each failure counts.
 *
 * While a server can be reached, new subjects are tried at a bounded rate, and the first one that goes well
 * closes the circuit: a client that invents subjects that fail, or that the server hangs for, cannot take
 * every trial.
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
   * @param subject of the call, such as the digest of a token; without one each failure counts
   * @throws the error of `call`; or {@link BrokenCircuitError} at once, without calling it, while the
   * circuit is open or another call tries if it may close
   */
  async run<T>(call: () => Promise<T>, subject?: string): Promise<T> {
    const { state } = this.policy;
    if (state !== CircuitState.Closed && subject !== undefined) {
      if (this.streak.has(subject)) return this.repeat(call, subject);
      if (this.streak.isReached) return this.probe(call, subject);
    }
    // The policy would have it wait for the call that tries: five seconds, where the server hangs.
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

  /** Asks about a new subject while the server can be reached: the circuit closes if that goes well. */
  private async probe<T>(call: () => Promise<T>, subject: string): Promise<T> {
    if (!this.streak.mayProbe()) throw new BrokenCircuitError();
    const result = await this.attempt(call, subject);
    this.streak.end();
    // The end of an isolation closes the circuit, whatever is left of the pause.
    if (this.policy.state !== CircuitState.Closed) this.policy.isolate().dispose();
    return result;
  }

  /** Asks once more about a subject that has failed in this outage, beside the call that tries. */
  private async repeat<T>(call: () => Promise<T>, subject: string): Promise<T> {
    if (!this.streak.mayRepeat(subject)) throw new BrokenCircuitError();
    const result = await call();
    this.streak.forget(subject);
    // Closes the circuit where it is time for that. Otherwise the next call does.
    if (this.isOpen) await this.policy.execute(async () => {}).catch(() => {});
    return result;
  }

  /** The policy says that it opens each time a trial fails; that is one outage still. */
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
