import { createClient, type RedisClientOptions } from '@redis/client';
import { withinDeadline } from '../identity/deadline.js';

/** Where a Redis is, and how to log in there. */
export type ConnectionOptions = Pick<
  RedisClientOptions,
  'url' | 'socket' | 'username' | 'password' | 'credentialsProvider' | 'database' | 'name'
>;

/** What is used of an application's own client. */
export interface RedisClientLike {
  readonly options?: ConnectionOptions | undefined;
}

/** For how long Redis may be silent, in milliseconds: to a command, and to a new connection. */
export const PATIENCE = 1000;

/**
 * One connection to Redis, opened and closed again and again by its owner. It never reconnects by
 * itself, so that its owner knows what it may have missed. It does not keep the process alive.
 */
export class RedisConnection {
  readonly client;
  #reached = (): void => {};
  #settled: Promise<unknown> = Promise.resolve();
  #closable: Promise<unknown> = Promise.resolve();

  constructor(options: ConnectionOptions) {
    this.client = createClient(privateOptions(options));
    // Whoever waits for an answer hears of it too.
    this.client.on('error', () => {});
    this.client.on('connect', () => this.#reached());
    this.client.unref();
  }

  async open(): Promise<void> {
    const opening = this.client.connect();
    this.#settled = opening.catch(() => {});
    const reached = new Promise<void>((resolve) => (this.#reached = resolve));
    this.#closable = Promise.race([reached, this.#settled]);
    // One for the network and one for the login.
    await withinDeadline(opening, 2 * PATIENCE);
  }

  /** Ends what goes on. A connection that the network has yet to answer cannot be ended sooner. */
  async close(): Promise<void> {
    await this.#closable;
    if (this.client.isOpen) this.client.destroy();
    await this.#settled;
  }
}

/**
 * Of the options of an application's client only those that say where and who. RESP2, so that any
 * Redis will do, and so that texts come as texts.
 */
export function privateOptions(options: ConnectionOptions) {
  const { url, socket, username, password, credentialsProvider, database, name } = options;
  return {
    ...(url !== undefined && { url }),
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(credentialsProvider !== undefined && { credentialsProvider }),
    ...(database !== undefined && { database }),
    ...(name !== undefined && { name }),
    socket: { ...socket, connectTimeout: PATIENCE, reconnectStrategy: false as const },
    RESP: 2 as const,
    maintNotifications: 'disabled' as const,
    disableOfflineQueue: true,
    disableClientInfo: true,
  };
}
