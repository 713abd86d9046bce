import { withinDeadline } from '../identity/deadline.js';
import { duplicateCluster, reconnecting, watch } from './ioredis-connection.js';
import type { IORedis, IORedisCluster, NodeRedis, NodeRedisCluster } from './redis-client.js';
import { createNodeRedis, TIMEOUT_MS, privateOptions } from './redis-connection.js';

/**
 * Maximum number of commands in flight. More wait for an answer within {@link TIMEOUT_MS} only if
 * Redis hangs.
 */
const MAX_WAITING = 10_000;

/** Operations that a client of any kind implements for {@link RedisCommands}. */
export interface CommandClient {
  connect(): Promise<unknown>;
  /** True if it is connected, or reconnects by itself. */
  isOpen(): boolean;
  send(key: string, command: readonly string[]): Promise<unknown>;
  /** Called if Redis does not answer in time. */
  distrust(): void;
  end(): void;
}

/**
 * Sends commands on single keys, on a connection of its own that reconnects by itself. While it is
 * not connected, commands fail at once.
 */
export class RedisCommands {
  #client: CommandClient | undefined;
  #connecting: Promise<unknown> | undefined;
  #users = 0;

  constructor(private readonly make: () => Promise<CommandClient>) {}

  /**
   * Resolves once it is connected, or after a timeout. It then continues to connect in the
   * background.
   */
  async start(): Promise<void> {
    this.#users += 1;
    await withinDeadline(this.#connect(), TIMEOUT_MS).catch(() => {});
  }

  stop(): void {
    this.#users -= 1;
    if (this.#users > 0) return;
    this.#client?.end();
    this.#client = undefined;
  }

  /**
   * Sends one command.
   *
   * @param key - the key of the command
   */
  async send(key: string, ...command: readonly string[]): Promise<unknown> {
    const client = this.#client;
    if (client?.isOpen() !== true) {
      if (this.#users > 0) this.#connect().catch(() => {});
      throw new Error('The connection to Redis is closed.');
    }
    const answer = client.send(key, command);
    const late = setTimeout(() => client.distrust(), 5 * TIMEOUT_MS).unref();
    try {
      return await answer;
    } finally {
      clearTimeout(late);
    }
  }

  #connect(): Promise<unknown> {
    this.#connecting ??= this.#open().finally(() => (this.#connecting = undefined));
    return this.#connecting;
  }

  async #open(): Promise<void> {
    this.#client ??= await this.make();
    const client = this.#client;
    if (!client.isOpen()) await client.connect();
    if (this.#users > 0) return;
    client.end();
    this.#client = undefined;
  }
}

/** Creates a client that closes a silent connection after some pings. */
export async function nodeRedisCommands(options: object): Promise<CommandClient> {
  const own = privateOptions(options);
  const client: NodeRedis = await createNodeRedis({
    ...own,
    commandsQueueMaxLength: MAX_WAITING,
    pingInterval: TIMEOUT_MS,
    socket: {
      ...own.socket,
      socketTimeout: 5 * TIMEOUT_MS,
      reconnectStrategy: (retries: number) => Math.min(50 * (retries + 1), TIMEOUT_MS),
    },
  });
  // Each command rejects with the error as well.
  client.on('error', () => {});
  client.unref();
  return {
    connect: () => client.connect(),
    isOpen: () => client.isOpen,
    send: (_key, command) => client.sendCommand(command),
    // The timeout of the socket never passes while commands are written to it.
    distrust: () => client.isOpen && client.destroy(),
    end: () => client.isOpen && client.destroy(),
  };
}

export function nodeRedisClusterCommands(cluster: NodeRedisCluster): CommandClient {
  const client = cluster.duplicate();
  client.on('error', () => {});
  return {
    connect: () => client.connect(),
    isOpen: () => client.isOpen,
    send: (key, command) => client.sendCommand(key, false, command),
    distrust: () => client.isOpen && client.destroy(),
    end: () => client.isOpen && client.destroy(),
  };
}

export function ioredisCommands(redis: IORedis): CommandClient {
  const client = reconnecting(redis);
  watch(client);
  return {
    connect: () => client.connect(),
    isOpen: () => client.status !== 'wait' && client.status !== 'end',
    send: (_key, [name = '', ...args]) => client.call(name, ...args),
    distrust: () => client.disconnect(true),
    end: () => client.disconnect(),
  };
}

export function ioredisClusterCommands(cluster: IORedisCluster): CommandClient {
  const client = duplicateCluster(cluster, (times) => Math.min(100 * times, TIMEOUT_MS));
  let isConnected = false;
  watch(client);
  return {
    connect: async () => {
      isConnected = true;
      await client.connect();
    },
    isOpen: () => isConnected,
    send: (_key, [name = '', ...args]) => client.call(name, ...args),
    distrust: () => {},
    end: () => client.disconnect(),
  };
}
