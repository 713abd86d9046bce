import { once } from 'node:events';
import type { Identity } from '@patronus/nestjs';
import type { Response } from 'express';
import type { AnnouncedEvent, OutboxPlace } from './event-outbox.js';
import { FIRST_LINES, messageOf } from './event-message.js';

/** The most bytes that wait for a slow receiver. One with more is cut off, and comes back with its cursor. */
const MAX_WAITING = 4 * 1024 * 1024;
/** The milliseconds in which a receiver reads what waits for it during its catch-up. */
const MAX_DRAIN_MS = 10_000;
/** The milliseconds in which a receiver reads the rest of a stream that was ended. */
const MAX_END_MS = 1000;

const HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-store',
  // Makes nginx pass on each event at once.
  'X-Accel-Buffering': 'no',
};

/** The open answer to one receiver. */
export class EventStream {
  readonly #closing = new AbortController();
  #hasBegun = false;
  /** The last numbered event that was sent. Undefined before the catch-up. */
  place: OutboxPlace | undefined;
  /** True if everything up to now was sent, so that new events follow. */
  isLive = false;

  constructor(
    private readonly response: Response,
    readonly reader: Identity,
  ) {
    response.once('close', () => this.#closing.abort());
    if (response.destroyed) this.#closing.abort();
  }

  /** The number of the last event that was sent. */
  get seq(): number {
    return this.place?.seq ?? 0;
  }

  get isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  /** Calls `listener` when the answer has ended, or the receiver has left. */
  onClose(listener: () => void): void {
    if (this.isClosed) listener();
    else this.#closing.signal.addEventListener('abort', listener, { once: true });
  }

  /** Sends the headers. Until then the answer can be an error. */
  begin(): void {
    if (this.isClosed) return;
    this.response.status(200).set(HEADERS);
    this.#hasBegun = true;
    this.send(FIRST_LINES);
  }

  /** Sends text to the receiver, and cuts it off if too much waits for it. */
  send(text: string): void {
    if (!this.#hasBegun || this.isClosed) return;
    this.response.write(text);
    if (this.response.writableLength > MAX_WAITING) this.cut();
  }

  /**
   * Sends an event. The receiver is cut off if the event is the end of its own token.
   *
   * @param place undefined for an event that has no number yet
   */
  tell({ type, ids }: AnnouncedEvent, text: string, place?: OutboxPlace): void {
    const isOwnEnd = type === 'token.revoked' && ids['token'] === this.reader.tokenId;
    if (isOwnEnd) return this.end();
    if (place !== undefined) this.place = place;
    this.send(text);
  }

  /** Sends events that have no number. */
  tellAll(events: readonly AnnouncedEvent[]): void {
    for (const event of events) this.tell(event, messageOf(event));
  }

  /** Waits until the receiver has read enough to get more. Cuts it off if it does not. */
  async drained(): Promise<void> {
    if (this.isClosed || !this.response.writableNeedDrain) return;
    const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(MAX_DRAIN_MS)]);
    await once(this.response, 'drain', { signal }).catch(() => this.cut());
  }

  /** Ends the answer after what was sent. An answer that has not begun is left to its request. */
  end(): void {
    if (this.#hasBegun && !this.isClosed) {
      this.response.end();
      // A receiver that does not read would hold the connection. One that is reused is not affected.
      setTimeout(() => this.response.destroy(), MAX_END_MS).unref();
    }
    this.#closing.abort();
  }

  /** Closes the connection, without what waits. */
  cut(): void {
    if (this.#hasBegun) this.response.destroy();
    this.#closing.abort();
  }
}
