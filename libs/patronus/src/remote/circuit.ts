import {
  BrokenCircuitError,
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  ExponentialBackoff,
  handleAll,
  type CircuitBreakerPolicy,
} from 'cockatiel';

/** How many failures in a row open the circuit. */
export const FAILURES_TO_OPEN = 3;

/** For how long it stays open at first, and at most, in seconds: with jitter, doubling in between. */
export const OPEN_FOR = { first: 1, most: 10 } as const;

/** What a {@link Circuit} tells its owner, once for each outage. */
export interface CircuitListener {
  /** @param failure what the last call threw */
  opened(failure: unknown): void;
  closed(): void;
}

/**
 * Stops asking a server that fails. After {@link FAILURES_TO_OPEN} failures in a row calls fail at
 * once; after a random time one call tries again, and closes the circuit or opens it for longer.
 * The time is random so that many instances do not all come back in one instant.
 */
export class Circuit {
  private readonly policy: CircuitBreakerPolicy;

  constructor(listener?: CircuitListener) {
    this.policy = circuitBreaker(handleAll, {
      breaker: new ConsecutiveBreaker(FAILURES_TO_OPEN),
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
   * @throws what `call` throws; or {@link BrokenCircuitError} at once, without calling it, while the
   * circuit is open or another call tries whether it may close
   */
  async run<T>(call: () => Promise<T>): Promise<T> {
    // The policy would have it wait for the call that tries: five seconds, where the server hangs.
    if (this.policy.state === CircuitState.HalfOpen) throw new BrokenCircuitError();
    return this.policy.execute(call);
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
