import { withinDeadline } from '../identity/deadline.js';
import { memberOf } from '../transport/member-of.js';
import type { NodeRedis } from './redis-client.js';

/** For how long Redis may be silent, in milliseconds: to a command, and to a new connection. */
export const PATIENCE = 1000;

/**
 * One connection to one Redis. It is opened once, and never reconnects by itself, so that its owner
 * knows what it may have missed. It does not keep the process alive.
 */
export interface RedisConnection {
  open(): Promise<void>;
  /** Ends what goes on. A connection that the network has yet to answer cannot be ended sooner. */
  close(): Promise<void>;
  send(...command: readonly string[]): Promise<unknown>;
  /** Is answered on a connection that is subscribed after everything that was said before. */
  ping(): Promise<unknown>;
  /** @param isSharded - whether the channel is one of a slot of a cluster (`SSUBSCRIBE`) */
  subscribe(channel: string, isSharded: boolean, hear: (message: string) => void): Promise<unknown>;
}

/** A connection of `@redis/client`. */
export class NodeRedisConnection implements RedisConnection {
  #reached = (): void => {};
  #settled: Promise<unknown> = Promise.resolve();
  #closable: Promise<unknown> = Promise.resolve();

  constructor(private readonly client: NodeRedis) {
    // The caller that waits for an answer hears of it too.
    client.on('error', () => {});
    client.on('connect', () => this.#reached());
    client.unref();
  }

  async open(): Promise<void> {
    const opening = this.client.connect();
    this.#settled = opening.catch(() => {});
    const reached = new Promise<void>((resolve) => (this.#reached = resolve));
    this.#closable = Promise.race([reached, this.#settled]);
    // One for the network and one for the login.
    await withinDeadline(opening, 2 * PATIENCE);
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

/** The options of a client that say where Redis is, and how to log in there. */
const LOCATION = [
  'url',
  'username',
  'password',
  'credentialsProvider',
  'database',
  'name',
] as const;

/**
 * The options of a connection of our own: of the application's only those that say where and who.
 * RESP2, so that any Redis will do, and so that texts come as texts.
 */
export function privateOptions(options: object) {
  const location = LOCATION.map((name) => [name, memberOf(options, name)] as const);
  const socket = memberOf(options, 'socket');
  return {
    ...Object.fromEntries(location.filter(([, value]) => value !== undefined)),
    socket: {
      ...(typeof socket === 'object' ? socket : {}),
      connectTimeout: PATIENCE,
      reconnectStrategy: false as const,
    },
    RESP: 2 as const,
    maintNotifications: 'disabled' as const,
    disableOfflineQueue: true,
    disableClientInfo: true,
  };
}

/** Loaded when it is first needed: an application with `ioredis` has no need of it. */
export async function createNodeRedis(options: object): Promise<NodeRedis> {
  const { createClient } = await import('@redis/client');
  return createClient(options);
}
