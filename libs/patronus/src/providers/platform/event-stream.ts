import { rest, withinDeadline } from '../../identity/deadline.js';
import type { PlatformRevocationsSettings } from './platform-revocations.options.js';
import { RefusedAccessError } from './refused-access.error.js';
import { StreamAccess } from './stream-access.js';
import { MAX_SILENCE, StreamConnection, type StreamListener } from './stream-connection.js';

/** Maximum time that a start waits for the first catch-up, in milliseconds. */
const START_TIMEOUT = 2000;
/** Delay before a new attempt, at first and at most, in milliseconds. */
const PAUSE = { first: 100, most: 2000 } as const;
/** The same if the next attempt is not urgent, or cannot succeed before a correction. */
const LONG_PAUSE = { first: 1000, most: 5000 } as const;
/** Time after which a connection counts as stable, in milliseconds. */
const STABLE_AFTER = 5000;

/** Callbacks of the owner of an {@link EventStream}. */
export interface Subscriber {
  heard(type: string, data: string, isRepeated: boolean): void;
  /** Called when events may be missed, once for each outage, and once for each refusal in it. */
  lost(reason: unknown): void;
  recovered(): void;
}

/**
 * Receives the events of the platform, and knows the time up to which it is complete. A connection
 * that fails is replaced by one that continues after the last event.
 *
 * The platform ends a stream when its token expires. The token is therefore renewed in time, and
 * the next connection is complete before the previous one is closed.
 */
export class EventStream {
  readonly #settings: PlatformRevocationsSettings;
  readonly #subscriber: Subscriber;
  readonly #access: StreamAccess;
  #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #cursor: string | undefined;
  #currentAt = Number.NEGATIVE_INFINITY;
  /** Refusals that were reported in this outage. Undefined if there is no outage. */
  #reported: Set<string> | undefined;

  readonly #listener: StreamListener = {
    current: () => {
      this.#currentAt = performance.now();
      if (this.#reported !== undefined) this.#subscriber.recovered();
      this.#reported = undefined;
    },
    reached: (cursor) => {
      this.#cursor = cursor;
    },
    heard: (type, data, isRepeated) => this.#subscriber.heard(type, data, isRepeated),
  };

  constructor(settings: PlatformRevocationsSettings, subscriber: Subscriber) {
    this.#settings = settings;
    this.#subscriber = subscriber;
    this.#access = new StreamAccess(settings);
  }

  /** Time in which events may have been missed, in milliseconds of a monotonic clock. */
  get age(): number {
    return performance.now() - this.#currentAt;
  }

  /**
   * Resolves once every event is received, once the platform refuses access, or after a timeout. It
   * then continues in the background.
   */
  async start(): Promise<void> {
    const stopping = new AbortController();
    this.#stopping = stopping;
    const ready = new Promise<void>((resolve) => {
      this.#running = this.#run(stopping.signal, resolve);
    });
    await withinDeadline(ready, START_TIMEOUT).catch((error: unknown) => this.#lose(error));
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    this.#currentAt = Number.NEGATIVE_INFINITY;
    this.#reported = undefined;
  }

  async #run(signal: AbortSignal, ready: () => void): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      let readyAt = Number.POSITIVE_INFINITY;
      try {
        await this.#listen(signal, () => {
          readyAt = performance.now();
          ready();
        });
      } catch (error) {
        // A connection that was alive until now has missed nothing yet: the next one continues.
        const isCut = readyAt < Number.POSITIVE_INFINITY && this.age < MAX_SILENCE / 2;
        if (!signal.aborted && !isCut) this.#lose(error);
        if (isLasting(error)) ready();
        if (performance.now() - readyAt > STABLE_AFTER) failures = 0;
        await rest(pauseAfter(failures, error), signal);
        failures += 1;
      }
    }
  }

  /** Listens until a connection fails. Replaces connections whose token is about to expire. */
  async #listen(signal: AbortSignal, ready: () => void): Promise<never> {
    const scope = new AbortController();
    signal.addEventListener('abort', () => scope.abort(), { signal: scope.signal });
    const pending = new Set<Promise<unknown>>();
    try {
      let connection = await this.#open(scope.signal);
      ready();
      for (;;) {
        const renewal = this.#renewed(scope.signal);
        for (const one of [connection.ended, renewal]) pending.add(one);
        const next = await Promise.race([connection.ended, renewal]);
        connection.close();
        connection = next;
        pending.clear();
      }
    } finally {
      scope.abort();
      await Promise.allSettled(pending);
    }
  }

  /** Opens a connection with the token that is held, or with a new one if that is refused. */
  async #open(signal: AbortSignal): Promise<StreamConnection> {
    const wasHeld = this.#access.isHeld;
    try {
      return await this.#connect(await this.#access.token(signal), signal);
    } catch (error) {
      if (isLasting(error)) this.#access.forget();
      if (!isLasting(error) || !wasHeld) throw error;
    }
    return this.#connect(await this.#access.token(signal), signal);
  }

  /** Waits until the token should be renewed, and returns a connection with a new one. */
  async #renewed(signal: AbortSignal): Promise<StreamConnection> {
    let wait = this.#access.renewIn;
    for (let failures = 0; ; failures += 1) {
      await rest(wait, signal);
      signal.throwIfAborted();
      try {
        return await this.#connect(await this.#access.renew(signal), signal);
      } catch {
        // The present connection goes on until its token expires. If that fails, it is reported.
        wait = pauseOf(LONG_PAUSE, failures);
      }
    }
  }

  async #connect(token: string, signal: AbortSignal): Promise<StreamConnection> {
    const { url, known } = this.#settings;
    const request = { url, token, cursor: this.#cursor, dispatcher: known.dispatcher };
    const connection = new StreamConnection(request, signal, this.#listener);
    await connection.ready;
    return connection;
  }

  #lose(reason: unknown): void {
    const refusal = isLasting(reason) ? reason.message : '';
    const isKnown = refusal === '' || this.#reported?.has(refusal) === true;
    if (this.#reported !== undefined && isKnown) return;
    this.#reported ??= new Set();
    this.#reported.add(refusal);
    this.#subscriber.lost(reason);
  }
}

/** Returns true if the error is a refusal that lasts until the configuration is corrected. */
function isLasting(error: unknown): error is RefusedAccessError {
  return error instanceof RefusedAccessError && error.isLasting;
}

/** Returns the delay after a failure, which is at least the one that the platform asks for. */
function pauseAfter(failures: number, error: unknown): number {
  if (!(error instanceof RefusedAccessError)) return pauseOf(PAUSE, failures);
  const pause = pauseOf(error.isLasting ? LONG_PAUSE : PAUSE, failures);
  return Math.max(pause, error.delay * (1 + Math.random() / 10));
}

/** Returns a growing delay. It is random, so that many instances do not reconnect at one moment. */
function pauseOf({ first, most }: { first: number; most: number }, failures: number): number {
  return Math.min(first * 2 ** failures, most) * (0.5 + Math.random() / 2);
}
