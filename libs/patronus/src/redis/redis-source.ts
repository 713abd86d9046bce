import { withinDeadline } from '../identity/deadline.js';
import { duplicateCluster, IORedisConnection, onceConnected, watch } from './ioredis-connection.js';
import {
  type IORedis,
  type IORedisCluster,
  isIORedis,
  isIORedisCluster,
  isNodeRedis,
  isNodeRedisCluster,
  type NodeRedis,
  type NodeRedisCluster,
} from './redis-client.js';
import {
  type CommandClient,
  ioredisClusterCommands,
  ioredisCommands,
  nodeRedisClusterCommands,
  nodeRedisCommands,
  RedisCommands,
} from './redis-commands.js';
import {
  createNodeRedis,
  NodeRedisConnection,
  TIMEOUT_MS,
  privateOptions,
  type RedisConnection,
} from './redis-connection.js';

type Pair = readonly [RedisConnection, RedisConnection];

/** Opens connections of our own to the Redis of the application. */
export interface RedisSource {
  /** True if it is a cluster, in which a channel belongs to a slot as a key does. */
  readonly isCluster: boolean;
  /**
   * Returns two connections, not yet open, to the Redis that holds a key: in a cluster to its
   * master.
   */
  pairFor(key: string): Promise<Pair>;
  commands(): RedisCommands;
}

/**
 * Returns the source for a URL, or for an application's client. Undefined if the value is neither.
 */
export function sourceOf(client: unknown): RedisSource | undefined {
  if (typeof client === 'string') return ofNodeRedis({ url: client });
  if (isNodeRedis(client)) return ofNodeRedis(client.options ?? {});
  if (isNodeRedisCluster(client)) return ofNodeRedisCluster(client);
  if (isIORedis(client)) return ofIORedis(client);
  if (isIORedisCluster(client)) return ofIORedisCluster(client);
  return undefined;
}

function ofNodeRedis(options: object): RedisSource {
  const connection = async () =>
    new NodeRedisConnection(await createNodeRedis(privateOptions(options)));
  return {
    isCluster: false,
    pairFor: () => Promise.all([connection(), connection()]),
    commands: () => new RedisCommands(() => nodeRedisCommands(options)),
  };
}

function ofIORedis(client: IORedis): RedisSource {
  return {
    isCluster: false,
    pairFor: () => Promise.resolve(pairOf(client)),
    commands: () => commandsOf(() => ioredisCommands(client)),
  };
}

function ofNodeRedisCluster(cluster: NodeRedisCluster): RedisSource {
  return {
    isCluster: true,
    pairFor: async (key) => {
      const own = cluster.duplicate();
      own.on('error', () => {});
      try {
        await withinDeadline(own.connect(), 2 * TIMEOUT_MS);
        const clients = own.masters.map((master) => () => own.nodeClient(master));
        const owner = await ownerOf<NodeRedis>(clients, (client) =>
          client.sendCommand(['EXISTS', key]),
        );
        return await ofNodeRedis(owner.options ?? {}).pairFor(key);
      } finally {
        if (own.isOpen) own.destroy();
      }
    },
    commands: () => commandsOf(() => nodeRedisClusterCommands(cluster)),
  };
}

function ofIORedisCluster(cluster: IORedisCluster): RedisSource {
  return {
    isCluster: true,
    pairFor: async (key) => {
      const own = duplicateCluster(cluster, () => null);
      watch(own);
      try {
        await withinDeadline(own.connect(), 2 * TIMEOUT_MS);
        const clients = own.nodes('master').map((node) => () => Promise.resolve(node));
        return pairOf(await ownerOf<IORedis>(clients, (node) => node.call('EXISTS', key)));
      } finally {
        own.disconnect();
      }
    },
    commands: () => commandsOf(() => ioredisClusterCommands(cluster)),
  };
}

function pairOf(client: IORedis): Pair {
  const connection = () => new IORedisConnection(onceConnected(client));
  return [connection(), connection()];
}

function commandsOf(make: () => CommandClient): RedisCommands {
  return new RedisCommands(() => Promise.resolve(make()));
}

/** Finds the master that holds the key: each of the others refers to it (`MOVED`). */
async function ownerOf<Client>(
  masters: readonly (() => Promise<Client>)[],
  ask: (client: Client) => Promise<unknown>,
): Promise<Client> {
  const asked = masters.map(async (connect) => {
    const client = await connect();
    await ask(client);
    return client;
  });
  return withinDeadline(Promise.any(asked), TIMEOUT_MS);
}
