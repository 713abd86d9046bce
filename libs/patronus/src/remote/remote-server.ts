import { isBrokenCircuitError } from 'cockatiel';
import { PatronusError } from '../errors/patronus.error.js';
import { Circuit, type CircuitListener } from './circuit.js';
import { CrowdedError, FailingAnswerError, RefusedClientError } from './remote-errors.js';
import { RETRY_AFTER } from './remote-limits.js';
import type { RemoteProfile } from './remote-profile.js';
import { type IsUsual, type Question, Turns } from './turns.js';

/** Listens for the outages of a {@link RemoteServer}, once for each. */
export interface OutageListener {
  /**
   * Called when an outage starts.
   *
   * @param reason for operators; holds no token
   */
  unavailable(reason: string): void;
  recovered(): void;
}

/**
 * A server that is asked about tokens: in bounded {@link Turns}, so that a flood of unknown
 * tokens opens no more connections than that, and about none while it fails.
 */
export class RemoteServer {
  readonly #circuit: Circuit;
  readonly #turns = new Turns();
  #failure: unknown;

  /**
   * Creates the circuit and the queue of a server.
   *
   * @param about the name of the provider, and the remedy if its server does not answer as expected,
   * for operators
   */
  constructor(
    private readonly about: Pick<RemoteProfile, 'name' | 'remedy'>,
    listener: OutageListener,
  ) {
    this.#circuit = new Circuit(this.#tell(listener));
  }

  /**
   * Makes a call to the server.
   *
   * @param subject of the call, such as the digest of a token: failures count once for each
   * @param isUsual tells which answers show how long the server takes. By default all do
   * @throws {PatronusError} `provider_unavailable` if `question` throws, or the server cannot be
   * called
   */
  async ask<T>(question: Question<T>, subject: string, isUsual?: IsUsual<T>): Promise<T> {
    const call: Question<T> = (signal) => this.#circuit.run(() => question(signal), subject);
    try {
      return await this.#turns.take(call, isUsual);
    } catch (error) {
      throw this.unavailable(error);
    }
  }

  /**
   * Returns the error for callers whose token cannot be checked.
   *
   * @param remedy for operators, by default that of the failure
   */
  unavailable(error: unknown, remedy?: string): PatronusError {
    const cause = isBrokenCircuitError(error) ? this.#failure : error;
    const reason = `${this.about.name}: ${reasonOf(cause)}`;
    const known = remedy ?? this.#remedyOf(cause);
    return new PatronusError('provider_unavailable', {
      reason,
      cause,
      retryAfter: RETRY_AFTER,
      ...(known !== undefined && { remedy: known }),
    });
  }

  /** Returns the remedy of a failure. A server that reports its own failure was found. */
  #remedyOf(cause: unknown): string | undefined {
    if (cause instanceof RefusedClientError) return cause.remedy;
    const isFound = cause instanceof CrowdedError || cause instanceof FailingAnswerError;
    return isFound || cause === undefined ? undefined : this.about.remedy;
  }

  #tell(listener: OutageListener): CircuitListener {
    return {
      opened: (failure) => {
        this.#failure = failure;
        listener.unavailable(reasonOf(failure));
      },
      closed: () => listener.recovered(),
    };
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown failure';
}
