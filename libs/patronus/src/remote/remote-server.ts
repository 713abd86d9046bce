import {
  bulkhead,
  BulkheadRejectedError,
  isBrokenCircuitError,
  TaskCancelledError,
} from 'cockatiel';
import { PatronusError } from '../errors/patronus.error.js';
import { Circuit, type CircuitListener } from './circuit.js';
import { MAX_IN_FLIGHT, MAX_WAIT, MAX_WAITING, RETRY_AFTER } from './remote-limits.js';

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
 * Server that is called about tokens: {@link MAX_IN_FLIGHT} at a time, so that a flood of unknown
 * tokens opens no more connections than that, and none while it fails.
 */
export class RemoteServer {
  readonly #name: string;
  readonly #circuit: Circuit;
  readonly #turns = bulkhead(MAX_IN_FLIGHT, MAX_WAITING);
  #failure: unknown;

  /**
   * Creates the circuit and the queue of a server.
   *
   * @param name the name of the provider, for operators
   */
  constructor(name: string, listener: OutageListener) {
    this.#name = name;
    this.#circuit = new Circuit(this.#tell(listener));
  }

  /**
   * Makes a call to the server.
   *
   * @param subject of the call, such as the digest of a token: failures count once for each
   * @throws {PatronusError} `provider_unavailable` if `question` throws, or the server cannot be
   * called
   */
  async ask<T>(question: () => Promise<T>, subject: string): Promise<T> {
    try {
      return await this.#turns.execute(
        () => this.#circuit.run(question, subject),
        AbortSignal.timeout(MAX_WAIT * 1000),
      );
    } catch (error) {
      throw this.unavailable(error);
    }
  }

  /** Returns the error for callers whose token cannot be checked. */
  unavailable(error: unknown): PatronusError {
    const cause = isBrokenCircuitError(error) ? this.#failure : error;
    const reason = `${this.#name}: ${reasonOf(cause)}`;
    return new PatronusError('provider_unavailable', { reason, cause, retryAfter: RETRY_AFTER });
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
  if (error instanceof BulkheadRejectedError || error instanceof TaskCancelledError) {
    return 'too many requests are waiting for the server';
  }
  return error instanceof Error ? error.message : 'unknown failure';
}
