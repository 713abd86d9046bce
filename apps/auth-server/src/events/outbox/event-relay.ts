import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { PeriodicJob } from '../../operation/jobs/periodic-job.js';
import { failureReason } from '../../operation/logging/redaction.js';
import { type AnnouncedEvent, EventOutbox, type OutboxPlace } from './event-outbox.js';

/** In milliseconds. */
const INTERVAL_MS = 200;
/** The milliseconds since the last complete look after which events may have been missed. */
const MAX_AGE_MS = 1000;
/** The most events that one statement reads. */
export const EVENTS_PER_READ = 1000;
/** The number of events without a number whose announcement is remembered. */
const REMEMBERED = 10_000;

/** Hears what an {@link EventRelay} reads. */
export interface RelayListener {
  /** @param place undefined for an event that has no number yet. It comes again when it has one */
  heard(event: AnnouncedEvent, place: OutboxPlace | undefined): void;
  /** Called if events may have been missed. The relay has stopped. */
  lost(): void;
}

/**
 * Follows the outbox for all streams of this process: hears commits of this process at once, and reads those of
 * others at an interval. It reads only while there are streams.
 */
@Injectable()
export class EventRelay implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #logger = new Logger('Events');
  readonly #job = new PeriodicJob({
    intervalMs: INTERVAL_MS,
    run: () => this.#run(),
    failed: (error) => this.#lose(error),
  });
  /** The events that were told before they had a number. */
  readonly #announced = new LRUCache<string, true>({ max: REMEMBERED });
  #listener: RelayListener | undefined;
  #unsubscribe = (): void => {};
  /** The place up to which everything was told. Undefined without streams. */
  #place: OutboxPlace | undefined;
  #currentAt = Number.NEGATIVE_INFINITY;
  #isWarned = false;

  constructor(private readonly outbox: EventOutbox) {}

  onApplicationBootstrap(): void {
    this.#unsubscribe = this.outbox.onCommit((events) => {
      for (const event of events) this.#announce(event);
    });
    this.#job.start();
  }

  onModuleDestroy(): Promise<void> {
    this.#unsubscribe();
    this.stop();
    return this.#job.stop();
  }

  /** Sets the only listener. It hears commits of this process always, and others from {@link joinAt} on. */
  listen(listener: RelayListener): void {
    this.#listener = listener;
  }

  /** True if everything that was committed up to a moment ago was told. */
  get isCurrent(): boolean {
    return performance.now() - this.#currentAt <= MAX_AGE_MS;
  }

  /**
   * Lets a stream join that has everything up to a place. False if the relay is ahead: then the stream reads on.
   * A relay that stands still begins there.
   *
   * @param readAt the time at which the stream began its last look, by the monotonic clock
   */
  joinAt(place: OutboxPlace, readAt: number): boolean {
    if (this.#place === undefined) {
      this.#place = place;
      this.#currentAt = readAt;
    }
    return this.#place.seq <= place.seq;
  }

  /** Stops to read until a stream joins. */
  stop(): void {
    this.#place = undefined;
    this.#currentAt = Number.NEGATIVE_INFINITY;
  }

  async #run(): Promise<void> {
    let isDone = false;
    while (!isDone && this.#place !== undefined && !this.#job.isStopping) {
      const before = this.#place;
      const startedAt = performance.now();
      // In this order: one that gets its number in between is read by the second statement.
      const unnumbered = await this.outbox.readUnnumbered(EVENTS_PER_READ);
      const numbered = await this.outbox.readAfter(before, EVENTS_PER_READ);
      // All streams have left in the meantime, and others may have joined.
      if (this.#place !== before) return;
      if (numbered === undefined) throw new Error('an event of the outbox is missing');
      for (const event of numbered) {
        this.#place = event;
        this.#announced.delete(event.id);
        this.#listener?.heard(event, event);
        // That was the end of the last stream.
        if (this.#place === undefined) return;
      }
      const known = new Set(numbered.map(({ id }) => id));
      for (const event of unnumbered) if (!known.has(event.id)) this.#announce(event);
      isDone = numbered.length < EVENTS_PER_READ;
      if (isDone) this.#currentAt = startedAt;
    }
    this.#isWarned = false;
  }

  /** Tells an event without its number, once. */
  #announce(event: AnnouncedEvent): void {
    if (this.#announced.has(event.id)) return;
    this.#announced.set(event.id, true);
    this.#listener?.heard(event, undefined);
  }

  #lose(error: unknown): void {
    this.stop();
    this.#listener?.lost();
    if (!this.#isWarned) this.#logger.warn(`Events cannot be read yet: ${failureReason(error)}`);
    this.#isWarned = true;
  }
}
