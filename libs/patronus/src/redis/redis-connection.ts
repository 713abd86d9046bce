import { withinDeadline } from '../identity/deadline.js';
import { memberOf } from '../transport/member-of.js';
import type { NodeRedis } from './redis-client.js';

/** Timeout of Redis, in milliseconds, for a command and for a new connection. */
export const TIMEOUT_MS = 1000;

/**
 * One connection to one Redis. It is opened once, and never reconnects by itself, so that its owner
 * knows which messages it may have missed. It does not keep the process alive.
 */
export interface RedisConnection {
  open(): Promise<void>;
  /**
   * Closes the connection and ends its commands. A connection that the network has yet to answer
   * cannot be closed sooner.
   */
  close(): Promise<void>;
  send(...command: readonly string[]): Promise<unknown>;
  /**
   * Sends a ping. On a connection that is subscribed, the answer comes after all earlier messages.
   */
  ping(): Promise<unknown>;
  /**
   * Subscribes to a channel.
   *
   * @param isSharded - true if the channel belongs to a slot of a cluster (`SSUBSCRIBE`)
   */
  subscribe(channel: string, isSharded: boolean, hear: (message: string) => void): Promise<unknown>;
}

/** Connection of `@redis/client`. */
export class NodeRedisConnection implements RedisConnection {
  #reached = (): void => {};
  #settled: Promise<unknown> = Promise.resolve();
  #closable: Promise<unknown> = Promise.resolve();

  constructor(private readonly client: NodeRedis) {
    // The caller that waits for an answer gets the error as well.
    client.on('error', () => {});
    client.on('connect', () => this.#reached());
    client.unref();
  }

  async open(): Promise<void> {
    const opening = this.client.connect();
    this.#settled = opening.catch(() => {});
    const reached = new Promise<void>((resolve) => (this.#reached = resolve));
    this.#closable = Promise.race([reached, this.#settled]);
    // One timeout for the network and one for the login.
    await withinDeadline(opening, 2 * TIMEOUT_MS);
  }

  async close(): Promise<void> {
    await this.#closable;
    if (this.client.isOpen) this.client.destroy();
    await this.#settled;
  }

  send(...command: readonly string[]): Promise<unknown> {
    return this.client.sendCommand(command);
  }

  ping(): Promise<unknown> {
    return this.client.ping();
  }

  subscribe(
    channel: string,
    isSharded: boolean,
    hear: (message: string) => void,
  ): Promise<unknown> {
    return isSharded ? this.client.sSubscribe(channel, hear) : this.client.subscribe(channel, hear);
  }
}

/** Options of a client that hold the address and the login of Redis. */
const LOCATION = [
  'url',
  'username',
  'password',
  'credentialsProvider',
  'database',
  'name',
] as const;

/**
 * Returns the options of a connection of our own: the application's address and login only. RESP2,
 * so that any Redis version works, and so that texts arrive as texts.
 */
export function privateOptions(options: object) {
  const location = LOCATION.map((name) => [name, memberOf(options, name)] as const);
  const socket = memberOf(options, 'socket');
  return {
    ...Object.fromEntries(location.filter(([, value]) => value !== undefined)),
    socket: {
      ...(typeof socket === 'object' ? socket : {}),
      connectTimeout: TIMEOUT_MS,
      reconnectStrategy: false as const,
    },
    RESP: 2 as const,
    maintNotifications: 'disabled' as const,
    disableOfflineQueue: true,
    disableClientInfo: true,
  };
}

/**
 * Creates a client. `@redis/client` is loaded on first use: an application with `ioredis` does not
 * need it.
 */
export async function createNodeRedis(options: object): Promise<NodeRedis> {
  const { createClient } = await import('@redis/client');
  return createClient(options);
}
