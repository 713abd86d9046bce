/**
 * Client of an application: of `@redis/client` or `redis`, or of `ioredis`; a single client or a
 * cluster. It need not be connected.
 */
export interface RedisClientLike {
  duplicate(...overrides: never[]): object;
}

/** Members of a single client of `@redis/client` that are used here. */
export interface NodeRedis {
  readonly isOpen: boolean;
  readonly options?: object | undefined;
  connect(): Promise<unknown>;
  destroy(): void;
  unref(): void;
  on(event: string, listener: (...details: unknown[]) => void): unknown;
  sendCommand(args: readonly string[]): Promise<unknown>;
  ping(): Promise<unknown>;
  subscribe(channel: string, listener: (message: string) => void): Promise<unknown>;
  sSubscribe(channel: string, listener: (message: string) => void): Promise<unknown>;
}

/** Members of a cluster client of `@redis/client` that are used here. */
export interface NodeRedisCluster {
  readonly isOpen: boolean;
  readonly masters: readonly object[];
  nodeClient(master: object): Promise<NodeRedis>;
  connect(): Promise<unknown>;
  destroy(): void;
  on(event: string, listener: (...details: unknown[]) => void): unknown;
  sendCommand(key: string, isReadonly: boolean, args: readonly string[]): Promise<unknown>;
  duplicate(): NodeRedisCluster;
}

/** Members of a single client of `ioredis` that are used here. */
export interface IORedis {
  readonly status: string;
  readonly stream?: { unref?(): unknown } | undefined;
  connect(): Promise<unknown>;
  disconnect(reconnect?: boolean): void;
  on(event: string, listener: (...details: unknown[]) => void): unknown;
  call(command: string, ...args: string[]): Promise<unknown>;
  ping(): Promise<unknown>;
  subscribe(channel: string): Promise<unknown>;
  ssubscribe(channel: string): Promise<unknown>;
  duplicate(overrides: object): IORedis;
}

/** Members of a cluster client of `ioredis` that are used here. */
export interface IORedisCluster {
  readonly isCluster: true;
  readonly options?: { readonly redisOptions?: object | undefined } | undefined;
  nodes(role: 'master'): readonly IORedis[];
  connect(): Promise<unknown>;
  disconnect(): void;
  on(event: string, listener: (...details: unknown[]) => void): unknown;
  call(command: string, ...args: string[]): Promise<unknown>;
  duplicate(nodes: readonly never[], overrides: object): IORedisCluster;
}

export function isNodeRedis(client: unknown): client is NodeRedis {
  return hasAll(client, ['sendCommand', 'connect', 'duplicate', 'unref']) && 'options' in client;
}

export function isNodeRedisCluster(client: unknown): client is NodeRedisCluster {
  return hasAll(client, ['sendCommand', 'nodeClient', 'duplicate']) && 'masters' in client;
}

export function isIORedis(client: unknown): client is IORedis {
  return hasAll(client, ['call', 'ssubscribe', 'duplicate']) && !hasAll(client, ['nodes']);
}

export function isIORedisCluster(client: unknown): client is IORedisCluster {
  return hasAll(client, ['call', 'nodes', 'duplicate']) && 'isCluster' in client;
}

function hasAll(client: unknown, methods: readonly string[]): client is object {
  if (typeof client !== 'object' || client === null) return false;
  return methods.every((name) => typeof Reflect.get(client, name) === 'function');
}
