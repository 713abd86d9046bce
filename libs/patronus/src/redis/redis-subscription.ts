import { rest, withinDeadline } from '../identity/deadline.js';
import { TIMEOUT_MS, type RedisConnection } from './redis-connection.js';
import type { RedisSource } from './redis-source.js';

/** Interval between two pings to Redis, in milliseconds. */
const HEARTBEAT = 250;
/** Delay before a new attempt, at first and at most, in milliseconds. */
const PAUSE = { first: 100, most: 2000 } as const;

/** Callbacks of the owner of a {@link RedisSubscription}. */
export interface Subscriber {
  heard(message: string): void;
  /** Called after each subscription, to read the messages before it. */
  catchUp(commands: RedisConnection): Promise<void>;
  /** Called when the connection to Redis is lost, once for each outage. */
  lost(reason: unknown): void;
  recovered(): void;
}

/**
 * Receives every message of a channel, and knows the time up to which it is complete.
 *
 * On the connection that is subscribed, Redis answers a ping after all earlier messages. Once the
 * answer arrives, all messages from before the ping have been received. A connection that is open
 * at one end only, and a Redis that hangs, give no answer. In a cluster both connections lead to
 * the master of the channel's slot, and the command on the other one concerns a key of that slot: a
 * node that is no longer the master refuses it.
 */
export class RedisSubscription {
  #pair: readonly RedisConnection[] = [];
  #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #currentAt = Number.NEGATIVE_INFINITY;
  #isLost = false;

  constructor(
    private readonly source: RedisSource,
    /** Name of the channel, and of the key that the subscriber keeps. */
    private readonly channel: string,
    private readonly subscriber: Subscriber,
  ) {}

  /** @throws {Error} if there is no connection */
  get commands(): RedisConnection {
    const [, commands] = this.#pair;
    if (commands === undefined) throw new Error('There is no connection to Redis.');
    return commands;
  }

  /** Time in which messages may have been missed, in milliseconds of a monotonic clock. */
  get age(): number {
    return performance.now() - this.#currentAt;
  }

  /**
   * Resolves once all messages are received, or after a timeout. It then continues in the
   * background.
   */
  async start(): Promise<void> {
    const stopping = new AbortController();
    this.#stopping = stopping;
    const ready = new Promise<void>((resolve) => {
      this.#running = this.#run(stopping.signal, resolve);
    });
    await withinDeadline(ready, TIMEOUT_MS).catch((error: unknown) => this.#lose(error));
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
      // Random, so that many instances do not all reconnect at the same moment.
      const pause = Math.min(PAUSE.first * 2 ** failures, PAUSE.most) * (0.5 + Math.random() / 2);
      failures += 1;
      await rest(pause, signal);
    }
  }

  async #listen(signal: AbortSignal, current: () => void): Promise<void> {
    const [subscribed, commands] = await this.source.pairFor(this.channel);
    if (signal.aborted) return;
    this.#pair = [subscribed, commands];
    await Promise.all([subscribed.open(), commands.open()]);
    const { isCluster } = this.source;
    await withinDeadline(subscribed.subscribe(this.channel, isCluster, this.#hear), TIMEOUT_MS);
    await this.subscriber.catchUp(commands);
    while (!signal.aborted) {
      const sentAt = performance.now();
      const questions = [subscribed.ping(), commands.send('EXISTS', this.channel)];
      await withinDeadline(Promise.all(questions), TIMEOUT_MS);
      this.#currentAt = sentAt;
      if (this.#isLost) this.subscriber.recovered();
      this.#isLost = false;
      current();
      await rest(HEARTBEAT, signal);
    }
  }

  readonly #hear = (message: string): void => this.subscriber.heard(message);

  #lose(reason: unknown): void {
    if (!this.#isLost) this.subscriber.lost(reason);
    this.#isLost = true;
  }

  async #close(): Promise<void> {
    const pair = this.#pair;
    this.#pair = [];
    await Promise.all(pair.map((connection) => connection.close()));
  }
}
