import { AsyncResource } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { Logger, type OnApplicationShutdown, type OnModuleDestroy } from '@nestjs/common';
import { RepeatedWarnings } from '../../errors/repeated-warnings.js';
import { withinDeadline } from '../../identity/deadline.js';
import type { DeniedEvent } from '../auth-event.js';
import type { AuthEvents } from '../auth-events.js';
import type { readDenialLogOptions } from './denial-log.options.js';
import type { DenialRecord } from './denial-writer.js';

/** Timeout of one attempt to write a batch, in milliseconds. */
const WRITE_MS = 30_000;

/** Timeout of a flush, in milliseconds. */
const FLUSH_MS = 5000;

/** Delay after a failed attempt, in milliseconds: doubled after each failure, up to the maximum. */
const PAUSE_MS = { first: 250, longest: 30_000 } as const;

/** Maximum length of a text in a record, in characters, because callers choose paths and names. */
const MAX_TEXT = 1024;

/**
 * Stores every denial, independent of the requests. An event adds a record to a queue of limited
 * length, and batches go to the writer one after the other. A writer that is slow or fails delays
 * no answer. Records that do not fit into the queue are counted and logged.
 */
export class DenialLog implements OnModuleDestroy, OnApplicationShutdown {
  readonly #logger = new Logger('Patronus');
  readonly #warnings = new RepeatedWarnings();
  readonly #queue: DenialRecord[] = [];
  readonly #unlisten: () => void;
  readonly #timer: NodeJS.Timeout;
  /**
   * Starts a batch outside of the request that triggered it, whose context would otherwise be kept
   * alive.
   */
  readonly #wake = AsyncResource.bind(() => setImmediate(() => this.#start()));
  #isWoken = false;
  #running: Promise<void> | undefined;
  /** True if a flush failed at shutdown, so that the application does not wait twice. */
  #isStuck = false;
  #isOver = false;
  /** Aborts the current attempt to write. */
  #attempt = new AbortController();
  /** Ends the delay between two attempts. */
  #hurry = (): void => {};
  #pauseMs: number = PAUSE_MS.first;
  #written = 0;
  #dropped = 0;

  constructor(
    events: AuthEvents,
    private readonly options: ReturnType<typeof readDenialLogOptions>,
  ) {
    this.#unlisten = events.on('denied', (event) => this.#take(event));
    this.#timer = setInterval(() => this.#start(), options.interval * 1000);
    this.#timer.unref();
  }

  /**
   * Counts the denials that are queued, were written, and were dropped, since the start of the
   * application.
   */
  get counts(): { readonly queued: number; readonly written: number; readonly dropped: number } {
    return { queued: this.#queue.length, written: this.#written, dropped: this.#dropped };
  }

  /**
   * Writes the queued denials.
   *
   * @throws {Error} if that takes longer than five seconds
   */
  async flush(): Promise<void> {
    this.#start();
    this.#pauseMs = PAUSE_MS.first;
    this.#hurry();
    if (this.#running !== undefined) await withinDeadline(this.#running, FLUSH_MS);
  }

  /** Flushes here, because pools of the application may end after this hook. */
  async onModuleDestroy(): Promise<void> {
    await this.flush().catch(() => {
      this.#isStuck = true;
    });
  }

  /** Flushes again. By now the last request is answered. */
  async onApplicationShutdown(): Promise<void> {
    this.#unlisten();
    clearInterval(this.#timer);
    if (!this.#isStuck) await this.flush().catch(() => undefined);
    this.#isOver = true;
    this.#attempt.abort();
    this.#hurry();
    const left = this.#queue.splice(0).length;
    if (left === 0) return;
    this.#dropped += left;
    this.#logger.warn(`${left} denials were not written before the application ended.`);
  }

  #take(event: DeniedEvent & { readonly at: number }): void {
    if (this.#queue.length >= this.options.maxQueued) {
      this.#dropped += 1;
      this.#warnings.warn(
        'dropped',
        `The queue of denials is full, and further ones are dropped: ${this.#dropped} so far. Check the writer, or raise maxQueued.`,
      );
      return;
    }
    this.#queue.push(recordOf(event));
    if (this.#queue.length < this.options.maxBatch || this.#isWoken) return;
    this.#isWoken = true;
    this.#wake();
  }

  #start(): void {
    this.#isWoken = false;
    if (this.#queue.length === 0 || this.#isOver) return;
    this.#running ??= this.#writeAll().finally(() => {
      this.#running = undefined;
    });
  }

  async #writeAll(): Promise<void> {
    while (this.#queue.length > 0 && !this.#isOver) {
      try {
        await this.#writeBatch(this.#queue.slice(0, this.options.maxBatch));
        this.#pauseMs = PAUSE_MS.first;
      } catch (error) {
        const cause = error instanceof Error ? error.message : String(error);
        this.#warnings.warn('failed', `Denials could not be written, and stay queued: ${cause}`);
        await this.#sleep();
      }
    }
  }

  async #writeBatch(batch: readonly DenialRecord[]): Promise<void> {
    const attempt = new AbortController();
    this.#attempt = attempt;
    const timer = setTimeout(() => attempt.abort(), WRITE_MS);
    try {
      await this.options.writer.write(batch, attempt.signal);
    } finally {
      clearTimeout(timer);
    }
    this.#queue.splice(0, batch.length);
    this.#written += batch.length;
  }

  /** Waits longer after each failure, unless a flush is pending. */
  #sleep(): Promise<void> {
    const ms = this.#pauseMs;
    this.#pauseMs = Math.min(2 * ms, PAUSE_MS.longest);
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      timer.unref();
      this.#hurry = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

function recordOf(event: DeniedEvent & { readonly at: number }): DenialRecord {
  return {
    id: randomUUID(),
    at: event.at,
    decisionId: event.decisionId,
    code: event.code,
    reason: cut(event.reason),
    transport: event.transport,
    route: event.route,
    method: cut(event.method),
    path: cut(event.path),
    user: cut(event.user),
    issuer: cut(event.issuer),
    tenant: cut(event.tenant),
  };
}

function cut<Text extends string | undefined>(text: Text): Text | string {
  return text === undefined ? text : text.slice(0, MAX_TEXT);
}
