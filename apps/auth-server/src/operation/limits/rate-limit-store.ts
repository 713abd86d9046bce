import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { createClient } from '@redis/client';
import { LRUCache } from 'lru-cache';
import { RateLimiterRedis } from 'rate-limiter-flexible';
import { Clock } from '../clock.js';
import { withinDeadline } from '../deadline.js';
import type { Quota } from './rate-limit.policies.js';

/** What requests are counted by. */
export type LimitedBy = 'address' | 'account';

/** One limit: its counters are its own. */
export interface Limit {
  readonly name: string;
  readonly by: LimitedBy;
  readonly quota: Quota;
}

/** A counter, with the request that was just counted. */
export interface Count {
  readonly points: number;
  /** Milliseconds until it begins anew. */
  readonly reset: number;
}

/** Where requests are counted. Abstract class: the type and the injection token in one. */
export abstract class Limiters {
  /** @throws where nobody can count, soon */
  abstract count(limit: Limit, key: string): Promise<Count>;
  /** Whether it answers. @throws where it does not, soon */
  abstract ping(): Promise<void>;
}

/** Counters of one kind: some 20 MB. */
const MOST = 100_000;

interface Counter {
  readonly points: number;
  /** In milliseconds since 1970. */
  readonly endsAt: number;
}

/**
 * Counts in this process, in bounded memory: where it is full, what was used longest ago goes.
 * `RateLimiterMemory` of rate-limiter-flexible keeps every key until its time is over, without a bound.
 */
@Injectable()
export class MemoryLimiters extends Limiters {
  /** Two stores: no flood of addresses pushes out what is known of an account. */
  readonly #counters: Readonly<Record<LimitedBy, LRUCache<string, Counter>>> = {
    address: new LRUCache({ max: MOST }),
    account: new LRUCache({ max: MOST }),
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

  async ping(): Promise<void> {
    // It is this process's own memory.
  }

  /** How many counters are kept. */
  sizeOf(by: LimitedBy): number {
    return this.#counters[by].size;
  }
}

/** For how long a store may be silent, in milliseconds. */
const PATIENCE = 1_500;

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
    await withinDeadline(this.#connecting, PATIENCE).catch(() => undefined);
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.#client.isOpen) this.#client.destroy();
    await withinDeadline(this.#connecting, PATIENCE).catch(() => undefined);
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
      return await withinDeadline(asked, PATIENCE);
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
