import { setTimeout as delay } from 'node:timers/promises';
import { withinDeadline } from '../identity/deadline.js';
import { type ConnectionOptions, PATIENCE, RedisConnection } from './redis-connection.js';

/** How often Redis is asked whether it is still there, in milliseconds. */
const HEARTBEAT = 250;
/** The pause before a new attempt, at first and at most, in milliseconds. */
const PAUSE = { first: 100, most: 2000 } as const;

export type RedisCommands = RedisConnection['client'];

/** What the owner of a {@link RedisSubscription} does. */
export interface Subscriber {
  heard(message: string): void;
  /** Called after each subscription: reads what was said before it. */
  catchUp(commands: RedisCommands): Promise<void>;
  /** Redis cannot be heard; told once for each outage. */
  lost(reason: unknown): void;
  recovered(): void;
}

/**
 * Hears everything that is said on a channel, and knows up to when.
 *
 * Redis answers a ping on the connection that is subscribed, after everything that was said before.
 * So once the answer is there, all is known that was said before the ping was sent. A connection that
 * is open at one end only, and a Redis that hangs, give no answer.
 */
export class RedisSubscription {
  readonly #subscribed: RedisConnection;
  readonly #commands: RedisConnection;
  #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #currentAt = Number.NEGATIVE_INFINITY;
  #isLost = false;

  constructor(
    connection: ConnectionOptions,
    private readonly channel: string,
    private readonly subscriber: Subscriber,
  ) {
    this.#subscribed = new RedisConnection(connection);
    this.#commands = new RedisConnection(connection);
  }

  get commands(): RedisCommands {
    return this.#commands.client;
  }

  /** For how long it may have missed something, in milliseconds of a clock that nobody sets. */
  get age(): number {
    return performance.now() - this.#currentAt;
  }

  /** Resolves as soon as all is known, or when the patience ends: then it goes on trying. */
  async start(): Promise<void> {
    const stopping = new AbortController();
    this.#stopping = stopping;
    const ready = new Promise<void>((resolve) => {
      this.#running = this.#run(stopping.signal, resolve);
    });
    await withinDeadline(ready, PATIENCE).catch((error: unknown) => this.#lose(error));
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#close();
    await this.#running;
    this.#currentAt = Number.NEGATIVE_INFINITY;
    this.#isLost = false;
  }

  async #run(signal: AbortSignal, ready: () => void): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      try {
        await this.#listen(signal, () => {
          failures = 0;
          ready();
        });
      } catch (error) {
        if (!signal.aborted) this.#lose(error);
      }
      await this.#close();
      // Random, so that many instances do not all come back in one instant.
      const pause = Math.min(PAUSE.first * 2 ** failures, PAUSE.most) * (0.5 + Math.random() / 2);
      failures += 1;
      await rest(pause, signal);
    }
  }

  async #listen(signal: AbortSignal, current: () => void): Promise<void> {
    const subscribed = this.#subscribed.client;
    await Promise.all([this.#subscribed.open(), this.#commands.open()]);
    await withinDeadline(subscribed.subscribe(this.channel, this.#hear), PATIENCE);
    await this.subscriber.catchUp(this.commands);
    while (!signal.aborted) {
      const sentAt = performance.now();
      await withinDeadline(Promise.all([subscribed.ping(), this.commands.ping()]), PATIENCE);
      this.#currentAt = sentAt;
      if (this.#isLost) this.subscriber.recovered();
      this.#isLost = false;
      current();
      await rest(HEARTBEAT, signal);
    }
  }

  /** The same function for each subscription: the client keeps it, and would call two. */
  readonly #hear = (message: string): void => this.subscriber.heard(message);

  #lose(reason: unknown): void {
    if (!this.#isLost) this.subscriber.lost(reason);
    this.#isLost = true;
  }

  async #close(): Promise<void> {
    await Promise.all([this.#subscribed.close(), this.#commands.close()]);
  }
}

/** Waits, without keeping the process alive, and no longer than until `signal` is aborted. */
async function rest(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { ref: false, signal }).catch(() => {});
}
