import { withinDeadline } from '../identity/deadline.js';
import type { IORedis, IORedisCluster } from './redis-client.js';
import { TIMEOUT_MS, type RedisConnection } from './redis-connection.js';

/** Connection of `ioredis`. */
export class IORedisConnection implements RedisConnection {
  #settled: Promise<unknown> = Promise.resolve();

  constructor(private readonly client: IORedis) {
    watch(client);
  }

  async open(): Promise<void> {
    const opening = this.client.connect();
    this.#settled = opening.catch(() => {});
    await withinDeadline(opening, 2 * TIMEOUT_MS);
  }

  async close(): Promise<void> {
    if (this.client.status !== 'end') this.client.disconnect();
    await this.#settled;
  }

  send(...[command = '', ...args]: readonly string[]): Promise<unknown> {
    return this.client.call(command, ...args);
  }

  ping(): Promise<unknown> {
    return this.client.ping();
  }

  subscribe(
    channel: string,
    isSharded: boolean,
    hear: (message: string) => void,
  ): Promise<unknown> {
    this.client.on(isSharded ? 'smessage' : 'message', (_channel, message) => {
      if (typeof message === 'string') hear(message);
    });
    return isSharded ? this.client.ssubscribe(channel) : this.client.subscribe(channel);
  }
}

/**
 * Prepares a client: an error that no caller waits for must not end the process, nor a connection
 * keep it alive.
 */
export function watch(client: IORedis | IORedisCluster): void {
  client.on('error', () => {});
  if ('stream' in client || 'status' in client) {
    client.on('connect', () => {
      if ('stream' in client) client.stream?.unref?.();
    });
  }
}

const PRIVATE = {
  lazyConnect: true,
  keyPrefix: '',
  enableOfflineQueue: false,
  autoResubscribe: false,
  autoResendUnfulfilledCommands: false,
  readOnly: false,
} as const;

/**
 * Creates a client for one connection of our own, with the address and the credentials of the
 * application's client.
 */
export function onceConnected(client: IORedis): IORedis {
  return client.duplicate({
    ...PRIVATE,
    connectTimeout: TIMEOUT_MS,
    retryStrategy: () => null,
    sentinelRetryStrategy: () => null,
    reconnectOnError: null,
  });
}

const retryStrategy = (times: number): number => Math.min(50 * times, TIMEOUT_MS);

/** Creates a client that reconnects by itself, and fails at once while it is not connected. */
export function reconnecting(client: IORedis): IORedis {
  return client.duplicate({
    ...PRIVATE,
    connectTimeout: TIMEOUT_MS,
    retryStrategy,
    sentinelRetryStrategy: retryStrategy,
    reconnectOnError: null,
  });
}

/**
 * Copies the cluster client of the application.
 *
 * @param clusterRetryStrategy - returns the delay before it reconnects, in milliseconds, or null to
 * give up
 */
export function duplicateCluster(
  cluster: IORedisCluster,
  clusterRetryStrategy: (times: number) => number | null,
): IORedisCluster {
  const redisOptions = {
    ...cluster.options?.redisOptions,
    keyPrefix: '',
    connectTimeout: TIMEOUT_MS,
  };
  const { lazyConnect, keyPrefix, enableOfflineQueue } = PRIVATE;
  const overrides = {
    lazyConnect,
    keyPrefix,
    enableOfflineQueue,
    clusterRetryStrategy,
    redisOptions,
  };
  return cluster.duplicate([], overrides);
}
