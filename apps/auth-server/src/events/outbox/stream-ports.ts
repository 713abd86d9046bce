import { Injectable } from '@nestjs/common';
import type { AnnouncedEvent } from './event-outbox.js';

/** The scope of access tokens with which clients read events. */
export const EVENTS_SCOPE = 'events.read';

/** Tells if a client may read events now. It is asked again and again, so it must be cheap. */
export type MayReadEvents = (clientId: string) => Promise<boolean>;

/** The clients that may read events, which the room of the clients decides. Until then, no client may. */
@Injectable()
export class EventReaders {
  #mayRead: MayReadEvents = () => Promise.resolve(false);

  provide(mayRead: MayReadEvents): void {
    this.#mayRead = mayRead;
  }

  /** @throws if the database does not answer */
  mayRead(clientId: string): Promise<boolean> {
    return this.#mayRead(clientId);
  }
}

/** Reads everything that is revoked and may still be presented, page by page. */
export type InForceSource = () => AsyncIterable<readonly AnnouncedEvent[]>;

/**
 * The revocations that are in force, which the rooms that revoke register. A receiver that begins is told all
 * of them: the outbox has the events of one day only, and not those of a database that was restored.
 */
@Injectable()
export class RevocationsInForce {
  readonly #sources: InForceSource[] = [];

  register(source: InForceSource): void {
    this.#sources.push(source);
  }

  /** @throws if the database does not answer */
  async *pages(): AsyncIterable<readonly AnnouncedEvent[]> {
    for (const source of this.#sources) yield* source();
  }
}
