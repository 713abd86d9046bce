import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { type Identity, Revocations } from '@patronus/nestjs';
import type { Response } from 'express';
import { Clock } from '../../operation/clock.js';
import { Readiness } from '../../operation/health/health.controller.js';
import { PlatformError } from '../../operation/http/errors.js';
import { PlatformMetrics } from '../../operation/metrics/metrics.js';
import { ServerSettings } from '../../operation/settings/server-settings.js';
import { HEARTBEAT, messageOf, placeOf, readyMessage, resetMessage } from './event-message.js';
import { EventOutbox, type OutboxPlace } from './event-outbox.js';
import { EVENTS_PER_READ, EventRelay } from './event-relay.js';
import { EventStream } from './event-stream.js';
import { EventReaders, RevocationsInForce } from './stream-ports.js';

/** In milliseconds. Receivers give up a stream that is silent for a second. */
const HEARTBEAT_MS = 300;
/** The milliseconds for which the answer is used that a client may read events. */
const ASKED_EVERY_MS = 1000;
/** The most streams of one client in this process. While a receiver renews its token, it has two. */
const MAX_OF_CLIENT = 100;
/** Seconds until a receiver that is over a limit tries again. */
const RETRY_AFTER = 1;

/** The streams on which applications hear of events. */
@Injectable()
export class EventStreams implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #streams = new Set<EventStream>();
  /** The times at which it was last asked if a client may read events, by the monotonic clock. */
  readonly #askedAt = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly outbox: EventOutbox,
    private readonly relay: EventRelay,
    private readonly inForce: RevocationsInForce,
    private readonly readers: EventReaders,
    private readonly revocations: Revocations,
    private readonly readiness: Readiness,
    private readonly clock: Clock,
    private readonly settings: ServerSettings,
    metrics: PlatformMetrics,
  ) {
    metrics.watch('patronus_event_streams', 'Open event streams.', () => this.#streams.size);
    // Answers without an end would hold up the shutdown.
    readiness.onLeave(() => this.#endAll());
    relay.listen({
      heard: (event, place) => {
        const text = messageOf(event, place);
        for (const stream of this.#streams) {
          const isNew = place === undefined || (stream.isLive && place.seq > stream.seq);
          if (isNew) stream.tell(event, text, place);
        }
      },
      lost: () => this.#endAll(),
    });
  }

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => this.#beat(), HEARTBEAT_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.#timer);
    this.#endAll();
  }

  /**
   * Answers a request with events, until the token of the reader ends or its client may no longer read them.
   * Resolves when the stream is complete up to now.
   *
   * @param lastEventId the cursor after which the receiver continues
   * @throws {PlatformError} `forbidden`; `rate_limited`, `overloaded` or `unavailable` if it should try again
   */
  async open(response: Response, reader: Identity, lastEventId?: string): Promise<void> {
    const stream = this.#add(response, reader);
    if (!(await this.readers.mayRead(reader.id))) throw new PlatformError('forbidden');
    const asked = placeOf(lastEventId);
    const known = asked !== undefined && (await this.outbox.has(asked)) ? asked : undefined;
    // Read before the revocations in force: an event that they miss has a later number.
    const start = known ?? (await this.outbox.newest());
    if (stream.isClosed) throw new PlatformError('unavailable', { retryAfter: RETRY_AFTER });
    stream.begin();
    if (known === undefined) await this.#tellInForce(stream, start);
    else stream.place = known;
    await this.#catchUp(stream);
  }

  /** Sends everything that is revoked, to a receiver that knows nothing. */
  async #tellInForce(stream: EventStream, start: OutboxPlace): Promise<void> {
    stream.send(resetMessage(start));
    stream.place = start;
    for await (const page of this.inForce.pages()) {
      stream.tellAll(page);
      await stream.drained();
      if (stream.isClosed) return;
    }
  }

  /** Sends what follows the place of a stream, until nothing does and it joins the others. */
  async #catchUp(stream: EventStream): Promise<void> {
    while (!stream.isClosed && stream.place !== undefined && !stream.isLive) {
      const readAt = performance.now();
      const events = await this.outbox.readAfter(stream.place, EVENTS_PER_READ);
      if (events === undefined) {
        await this.#tellInForce(stream, await this.outbox.newest());
        continue;
      }
      for (const event of events) stream.tell(event, messageOf(event, event), event);
      await stream.drained();
      if (events.length === EVENTS_PER_READ) continue;
      stream.tellAll(await this.outbox.readUnnumbered(EVENTS_PER_READ));
      stream.isLive = !stream.isClosed && this.relay.joinAt(stream.place, readAt);
    }
    if (stream.place !== undefined) stream.send(readyMessage(stream.place));
  }

  #add(response: Response, reader: Identity): EventStream {
    if (this.readiness.isLeaving) throw new PlatformError('unavailable');
    const ofClient = [...this.#streams].filter((stream) => stream.reader.id === reader.id).length;
    if (ofClient >= MAX_OF_CLIENT) {
      throw new PlatformError('rate_limited', { retryAfter: RETRY_AFTER });
    }
    if (this.#streams.size >= this.settings.eventStreams) {
      throw new PlatformError('overloaded', { retryAfter: RETRY_AFTER });
    }
    const stream = new EventStream(response, reader);
    this.#streams.add(stream);
    stream.onClose(() => this.#remove(stream));
    return stream;
  }

  #remove(stream: EventStream): void {
    this.#streams.delete(stream);
    if (this.#streams.size > 0) return;
    this.#askedAt.clear();
    this.relay.stop();
  }

  #endAll(): void {
    for (const stream of this.#streams) stream.end();
  }

  /** Ends the streams whose access has ended, and shows on others that nothing was missed. */
  #beat(): void {
    const { isCurrent } = this.relay;
    for (const stream of this.#streams) {
      if (this.#hasEnded(stream.reader)) stream.end();
      else if (isCurrent || !stream.isLive) stream.send(HEARTBEAT);
    }
    const clients = new Set([...this.#streams].map(({ reader }) => reader.id));
    for (const client of clients) void this.#ask(client);
  }

  #hasEnded(reader: Identity): boolean {
    if (this.clock.now().getTime() >= reader.expiresAt * 1000) return true;
    try {
      return this.revocations.isRevoked(reader, undefined);
    } catch {
      // Redis does not answer. Events come from the database: the end of this token is one of them, and ends
      // the stream as well. Without them there are no heartbeats.
      return false;
    }
  }

  /** Ends the streams of a client that may no longer read events, or about which nothing is known. */
  async #ask(clientId: string): Promise<void> {
    const now = performance.now();
    if (now - (this.#askedAt.get(clientId) ?? Number.NEGATIVE_INFINITY) < ASKED_EVERY_MS) return;
    this.#askedAt.set(clientId, now);
    const mayRead = await this.readers.mayRead(clientId).catch(() => false);
    if (mayRead) return;
    for (const stream of this.#streams) if (stream.reader.id === clientId) stream.end();
  }
}
