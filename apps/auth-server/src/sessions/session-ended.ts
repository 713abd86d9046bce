import { Injectable } from '@nestjs/common';
import type { DatabaseSession } from '../operation/database/database.js';

/** Removes the rows of a room for ended sessions, in the transaction that ends them. */
export type SessionEndedHandler = (tx: DatabaseSession, ids: readonly string[]) => Promise<void>;

/** The registry of handlers that take part in the end of a session. */
@Injectable()
export class SessionEnded {
  readonly #handlers: SessionEndedHandler[] = [];

  register(handler: SessionEndedHandler): void {
    this.#handlers.push(handler);
  }

  /** Runs all handlers in the transaction of the caller. One that fails undoes the end. */
  async notify(tx: DatabaseSession, ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    for (const handler of this.#handlers) await handler(tx, ids);
  }
}
