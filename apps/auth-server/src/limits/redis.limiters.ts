import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { createClient } from '@redis/client';
import { RateLimiterRedis } from 'rate-limiter-flexible';
import { type Count, type Limit, Limiters } from './limiters.js';
import { PATIENCE, withinPatience } from './patience.js';

/** In milliseconds, between two attempts to reach Redis again. */
const SHORTEST_PAUSE = 100;
const LONGEST_PAUSE = 2000;

/** In milliseconds: so that a connection that nobody uses is not taken for a dead one. */
const PING_EVERY = 2000;

/** Counts in Redis, for all instances together. Where it is silent, nothing is counted, and all is refused. */
@Injectable()
export class RedisLimiters extends Limiters implements OnModuleInit, OnApplicationShutdown {
  readonly #logger = new Logger('Limits');
  readonly #client;
  readonly #prefix: string;
  readonly #limiters = new Map<string, RateLimiterRedis>();
  #isReached = true;
  #connecting: Promise<unknown> = Promise.resolve();

  constructor({ url, prefix }: { readonly url: string; readonly prefix: string }) {
    super();
    this.#prefix = prefix;
    this.#client = createClient({
      url,
      RESP: 2,
      disableOfflineQueue: true,
      disableClientInfo: true,
      pingInterval: PING_EVERY,
      maintNotifications: 'disabled',
      socket: {
        connectTimeout: PATIENCE,
        socketTimeout: 3 * PING_EVERY,
        reconnectStrategy: (attempts) => Math.min(SHORTEST_PAUSE * 2 ** attempts, LONGEST_PAUSE),
      },
    });
    this.#client.on('error', (error: unknown) => this.#lost(error));
    this.#client.on('ready', () => this.#found());
  }

  /** A Redis that is away does not hold up the start: it is tried again until it is there. */
  async onModuleInit(): Promise<void> {
    this.#connecting = this.#client.connect().catch(() => undefined);
    await withinPatience(this.#connecting).catch(() => undefined);
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.#client.isOpen) this.#client.destroy();
    await withinPatience(this.#connecting).catch(() => undefined);
  }

  async count(limit: Limit, key: string): Promise<Count> {
    const counter = this.#limiterOf(limit);
    const { consumedPoints, msBeforeNext } = await this.#answerOf(counter.penalty(key));
    return { points: consumedPoints, reset: msBeforeNext };
  }

  async ping(): Promise<void> {
    await this.#answerOf(this.#client.ping());
  }

  /** A connection that keeps silent may be half open, and what waits on it piles up: it is renewed. */
  async #answerOf<Answer>(asked: Promise<Answer>): Promise<Answer> {
    try {
      return await withinPatience(asked);
    } catch (error) {
      if (this.#client.isReady) this.#renew();
      throw error;
    }
  }

  #renew(): void {
    this.#client.destroy();
    this.#lost(new Error('it keeps silent'));
    this.#connecting = this.#client.connect().catch(() => undefined);
  }

  #limiterOf({ name, by, quota }: Limit): RateLimiterRedis {
    const keyPrefix = `${this.#prefix}:limits:${by}:${name}`;
    let limiter = this.#limiters.get(keyPrefix);
    if (limiter === undefined) {
      limiter = new RateLimiterRedis({
        storeClient: this.#client,
        useRedisPackage: true,
        keyPrefix,
        points: quota.points,
        duration: quota.seconds,
      });
      this.#limiters.set(keyPrefix, limiter);
    }
    return limiter;
  }

  #lost(error: unknown): void {
    if (!this.#isReached) return;
    this.#isReached = false;
    const reason = error instanceof Error ? error.message : 'unknown';
    this.#logger.error(`Redis is away: what is limited is answered with 503 (${reason})`);
  }

  #found(): void {
    if (!this.#isReached) this.#logger.log('Redis is back.');
    this.#isReached = true;
  }
}
