import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { createClient } from '@redis/client';
import { LRUCache } from 'lru-cache';
import { RateLimiterRedis } from 'rate-limiter-flexible';
import { Clock } from '../clock.js';
import { withinDeadline } from '../deadline.js';
import type { Quota } from './rate-limit.policies.js';

/** The subject by which requests are counted. `network` is the /48 of an IPv6 address. */
export type LimitedBy = 'address' | 'network' | 'account' | 'mails';

/** A limit with its own counters. */
export interface Limit {
  readonly name: string;
  readonly by: LimitedBy;
  readonly quota: Quota;
}

/** A counter, including the current request. */
export interface Count {
  readonly points: number;
  /** Milliseconds until the counter starts over. */
  readonly reset: number;
}

/** The store of request counters. The abstract class is the type and the injection token. */
export abstract class RateLimitStore {
  /** Counts a request. @throws within a time limit if the store does not answer */
  abstract count(limit: Limit, key: string): Promise<Count>;
  /** Forgets a counter. @throws within a time limit if the store does not answer */
  abstract forget(limit: Limit, key: string): Promise<void>;
  /** Checks the store. @throws within a time limit if it does not answer */
  abstract ping(): Promise<void>;
}

/** The maximum number of counters of a kind: about 20 MB. */
const MAX_ENTRIES = 100_000;

interface Counter {
  readonly points: number;
  /** In milliseconds since 1970. */
  readonly endsAt: number;
}

/**
 * Counts in the memory of this process. When it is full, the least recently used counter is removed.
 * `RateLimiterMemory` of rate-limiter-flexible keeps each key until it expires, without a bound.
 */
@Injectable()
export class MemoryRateLimitStore extends RateLimitStore {
  /** A store for each subject, so that a flood of addresses cannot evict the counters of others. */
  readonly #counters: Readonly<Record<LimitedBy, LRUCache<string, Counter>>> = {
    address: new LRUCache({ max: MAX_ENTRIES }),
    network: new LRUCache({ max: MAX_ENTRIES }),
    account: new LRUCache({ max: MAX_ENTRIES }),
    mails: new LRUCache({ max: MAX_ENTRIES }),
  };

  constructor(private readonly clock: Clock) {
    super();
  }

  async count({ name, by, quota }: Limit, key: string): Promise<Count> {
    const counters = this.#counters[by];
    const now = this.clock.now().getTime();
    const place = `${name}:${key}`;
    const known = counters.get(place);
    const current = known && known.endsAt > now ? known : undefined;
    const endsAt = current?.endsAt ?? now + quota.seconds * 1000;
    const points = (current?.points ?? 0) + 1;
    counters.set(place, { points, endsAt });
    return { points, reset: endsAt - now };
  }

  async forget({ name, by }: Limit, key: string): Promise<void> {
    this.#counters[by].delete(`${name}:${key}`);
  }

  async ping(): Promise<void> {
    // The memory of this process is always available.
  }

  /** The number of counters. */
  sizeOf(by: LimitedBy): number {
    return this.#counters[by].size;
  }
}

/** The time limit of an answer of the store, in milliseconds. */
const TIMEOUT_MS = 1_500;

/** The pause between two attempts to reconnect to Redis, in milliseconds. */
const MIN_PAUSE = 100;
const MAX_PAUSE = 2000;

/** The interval of pings, in milliseconds. They keep an idle connection open. */
const PING_EVERY = 2000;

/** Counts in Redis, for all instances together. If Redis does not answer, requests are refused. */
@Injectable()
export class RedisRateLimitStore
  extends RateLimitStore
  implements OnModuleInit, OnApplicationShutdown
{
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
        connectTimeout: TIMEOUT_MS,
        socketTimeout: 3 * PING_EVERY,
        reconnectStrategy: (attempts) => Math.min(MIN_PAUSE * 2 ** attempts, MAX_PAUSE),
      },
    });
    this.#client.on('error', (error: unknown) => this.#lost(error));
    this.#client.on('ready', () => this.#found());
  }

  /** Starts without Redis if it is unavailable. The client keeps trying to connect. */
  async onModuleInit(): Promise<void> {
    this.#connecting = this.#client.connect().catch(() => undefined);
    await withinDeadline(this.#connecting, TIMEOUT_MS).catch(() => undefined);
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.#client.isOpen) this.#client.destroy();
    await withinDeadline(this.#connecting, TIMEOUT_MS).catch(() => undefined);
  }

  async count(limit: Limit, key: string): Promise<Count> {
    const counter = this.#limiterOf(limit);
    const { consumedPoints, msBeforeNext } = await this.#answerOf(counter.penalty(key));
    return { points: consumedPoints, reset: msBeforeNext };
  }

  async forget(limit: Limit, key: string): Promise<void> {
    await this.#answerOf(this.#limiterOf(limit).delete(key));
  }

  async ping(): Promise<void> {
    await this.#answerOf(this.#client.ping());
  }

  /** Waits for an answer, and reconnects if there is none: the connection may be half open. */
  async #answerOf<Answer>(asked: Promise<Answer>): Promise<Answer> {
    try {
      return await withinDeadline(asked, TIMEOUT_MS);
    } catch (error) {
      if (this.#client.isReady) this.#renew();
      throw error;
    }
  }

  #renew(): void {
    this.#client.destroy();
    this.#lost(new Error('no answer'));
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
    this.#logger.error(`Redis is unavailable. Limited requests are refused with 503: ${reason}`);
  }

  #found(): void {
    if (!this.#isReached) this.#logger.log('Redis is available again.');
    this.#isReached = true;
  }
}
