import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort } from '../environment/free-port.mjs';
import { until } from '../environment/until.js';
import { RedisProcess } from './redis-process.js';

const SLOTS = 16_384;
const NODES = 3;

interface Node {
  readonly process: RedisProcess;
  readonly id: string;
}

/** Redis Cluster of a test: three processes, each the master of a third of the slots. */
export class RedisClusterProcesses {
  private constructor(
    private readonly folder: string,
    private readonly nodes: readonly Node[],
  ) {}

  static async start(): Promise<RedisClusterProcesses> {
    const folder = await mkdtemp(join(tmpdir(), 'patronus-cluster-'));
    const nodes: Node[] = [];
    for (let index = 0; index < NODES; index += 1) {
      const process = await RedisProcess.start({
        dir: folder,
        'cluster-enabled': 'yes',
        'cluster-config-file': `nodes-${index}.conf`,
        'cluster-port': String(await freePort()),
        'cluster-node-timeout': '2000',
        appendonly: 'yes',
        appendfilename: `aof-${index}`,
        appenddirname: `aof-${index}`,
      });
      const id = await on(process, (client) => client.cluster('MYID'));
      nodes.push({ process, id });
    }
    const cluster = new RedisClusterProcesses(folder, nodes);
    await cluster.join();
    return cluster;
  }

  get ports(): readonly number[] {
    return this.nodes.map(({ process }) => process.port);
  }

  /** Returns the process that is the master of a key. */
  async masterOf(key: string): Promise<RedisProcess> {
    return (await this.split(key)).master.process;
  }

  /** Moves the slot of a key, and what is in it, to another master. */
  async move(key: string): Promise<void> {
    const { slot, master, others } = await this.split(key);
    const [target] = others;
    if (target === undefined) throw new Error('There is no other master.');
    const tell = (node: Node, ...args: readonly (string | number)[]) =>
      on(node.process, (client) => client.call('CLUSTER', 'SETSLOT', slot, ...args));
    await tell(target, 'IMPORTING', master.id);
    await tell(master, 'MIGRATING', target.id);
    await on(master.process, (client) =>
      client.call('MIGRATE', '127.0.0.1', target.process.port, key, 0, 5000),
    );
    for (const node of [target, master, ...others.slice(1)]) await tell(node, 'NODE', target.id);
  }

  async whole(): Promise<void> {
    await until(true, async () => {
      const states = this.nodes.map(({ process }) =>
        on(process, (client) => client.cluster('INFO')).catch(() => ''),
      );
      const known = `cluster_known_nodes:${NODES}`;
      return (await Promise.all(states)).every(
        (state) => state.includes('cluster_state:ok') && state.includes(known),
      );
    });
  }

  async remove(): Promise<void> {
    await Promise.all(this.nodes.map(({ process }) => process.kill()));
    await rm(this.folder, { recursive: true, force: true });
  }

  private async join(): Promise<void> {
    const [first] = this.nodes;
    for (const [index, { process }] of this.nodes.entries()) {
      const from = Math.floor((index * SLOTS) / NODES);
      const to = Math.floor(((index + 1) * SLOTS) / NODES) - 1;
      await on(process, (client) => client.call('CLUSTER', 'ADDSLOTSRANGE', from, to));
      const port = first?.process.port ?? 0;
      const bus = await on(process, () => this.busPortOf(port));
      await on(process, (client) => client.call('CLUSTER', 'MEET', '127.0.0.1', port, bus));
    }
    await this.whole();
  }

  private async busPortOf(port: number): Promise<number> {
    const node = this.nodes.find(({ process }) => process.port === port);
    if (node === undefined) throw new Error('no such node');
    const found: unknown = await on(node.process, (client) => client.config('GET', 'cluster-port'));
    return Number(Array.isArray(found) ? found[1] : 0);
  }

  private async split(key: string) {
    const [first] = this.nodes;
    if (first === undefined) throw new Error('There is no node.');
    const slot = await on(first.process, (client) => client.cluster('KEYSLOT', key));
    const owns = await Promise.all(
      this.nodes.map(({ process }) =>
        on(process, (client) => client.exists(key)).then(
          () => true,
          () => false,
        ),
      ),
    );
    const master = this.nodes[owns.indexOf(true)];
    if (master === undefined) throw new Error(`No node holds ${key}.`);
    return { slot, master, others: this.nodes.filter((node) => node !== master) };
  }
}

/** Runs a command on one node. */
async function on<Answer>(
  { port }: RedisProcess,
  ask: (client: Redis) => Promise<Answer>,
): Promise<Answer> {
  const client = new Redis({
    host: '127.0.0.1',
    port,
    lazyConnect: true,
    retryStrategy: () => null,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    return await ask(client);
  } finally {
    client.disconnect();
  }
}
