import { Injectable, Logger } from '@nestjs/common';
import type { AuthEvent, AuthEventOf, AuthEventType } from './auth-event.js';

type Listener = (event: AuthEvent) => unknown;

/**
 * Emits security events: each decision, revocation, outage and rotation. If the application has
 * `@nestjs/event-emitter`, the same events are emitted there as `patronus.denied` and so on.
 *
 * A listener is called before the answer is sent. A listener that throws on `allowed` denies the
 * request, so that nothing happens without its audit record. A promise that a listener returns is
 * not awaited.
 *
 * @example
 * constructor(events: AuthEvents) {
 *   events.on('denied', ({ code, user, tenant, decisionId }) => this.audit.write({ code, user, tenant, decisionId }));
 * }
 */
@Injectable()
export class AuthEvents {
  readonly #logger = new Logger('Patronus');
  readonly #listeners = new Map<AuthEventType, Set<Listener>>();

  /**
   * Calls `listener` for every event of a type.
   *
   * @returns a function that removes the listener
   */
  on<Type extends AuthEventType>(
    type: Type,
    listener: (event: AuthEventOf<Type>) => unknown,
  ): () => void {
    const own: Listener = (event) => (isOf(event, type) ? listener(event) : undefined);
    const listeners = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, listeners.add(own));
    return () => listeners.delete(own);
  }

  /**
   * Returns true if there is a listener for a type. An event without listeners need not be created.
   */
  hasListeners(type: AuthEventType): boolean {
    return (this.#listeners.get(type)?.size ?? 0) > 0;
  }

  /**
   * Calls every listener of the event's type.
   *
   * @throws the first error that a listener threw
   */
  emit(event: AuthEvent): void {
    const errors: unknown[] = [];
    for (const listener of this.#listeners.get(event.type) ?? []) {
      try {
        const outcome = listener(event);
        if (outcome instanceof Promise) outcome.catch((error: unknown) => this.#warn(event, error));
      } catch (error) {
        this.#warn(event, error);
        errors.push(error);
      }
    }
    if (errors.length > 0)
      throw new Error(`A listener of ${event.type} failed.`, { cause: errors[0] });
  }

  #warn({ type }: AuthEvent, error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    this.#logger.error(`A listener of the event ${type} failed: ${message}`);
  }
}

function isOf<Type extends AuthEventType>(
  event: AuthEvent,
  type: Type,
): event is AuthEventOf<Type> {
  return event.type === type;
}
