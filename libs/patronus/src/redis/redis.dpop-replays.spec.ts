import { randomUUID } from 'node:crypto';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createClient } from '@redis/client';
import { redisUrl } from '../../../../test/environment/services.js';
import { CREDENTIAL, DPoPCaller, messageWith } from '../../../../test/fixtures/dpop-caller.js';
import { DPoPVerifier } from '../authentication/dpop/dpop-verifier.js';
import type { RedisDPoPReplaysOptions } from './redis-dpop-replays.options.js';
import { redisDPoPReplays } from './redis.dpop-replays.js';

const url = redisUrl();
const unavailable = expect.objectContaining({ code: 'provider_unavailable' });

let ana: DPoPCaller;
beforeAll(async () => void (ana = await DPoPCaller.create()));

const cleanUp: (() => unknown)[] = [];
afterEach(() => Promise.all(cleanUp.splice(0).map((step) => step())));

/** Creates an instance of an application that remembers proofs in that Redis. */
async function instance(redis: RedisDPoPReplaysOptions) {
  const verifier = new DPoPVerifier({ replays: redisDPoPReplays(redis) });
  cleanUp.push(() => verifier.onModuleDestroy());
  await verifier.onModuleInit();
  return (proof: string) => verifier.verify(ana.identity(), CREDENTIAL, messageWith(proof));
}

/** Starts a server on its own port, whose connections can all be cut at once. */
async function tcpServer(onConnection: (socket: Socket) => void) {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    onConnection(socket);
  });
  const listen = (at: number) => new Promise<void>((done) => server.listen(at, '127.0.0.1', done));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const cut = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  cleanUp.push(cut);
  return { url: `redis://127.0.0.1:${port}`, cut, mend: () => listen(port) };
}

describe('RedisDPoPReplays without Redis', () => {
  it('starts, and refuses every proof, where nobody listens', async () => {
    const server = await tcpServer(() => undefined);
    server.cut();
    const verify = await instance({ url: server.url });
    await expect(verify(ana.proof())).rejects.toThrow(unavailable);
  });

  it('starts, and refuses every proof, where nobody answers', async () => {
    const { url: silent } = await tcpServer(() => undefined);
    const verify = await instance({ url: silent });
    await expect(verify(ana.proof())).rejects.toThrow(unavailable);
  });

  it.each<[string, object]>([
    ['url', {}],
    ['url', { url: 'redis' }],
    ['url', { url: 'https://redis.example' }],
    ['url', { url: 'redis://redis', client: {} }],
    ['client', { client: 'redis' }],
    ['prefix', { url: 'redis://redis', prefix: '' }],
    ['uri', { uri: 'redis://redis' }],
  ])('cannot be made with a wrong %s: %j', (option, options) => {
    expect(() => redisDPoPReplays(options)).toThrow(
      expect.objectContaining({
        name: 'PatronusConfigurationError',
        path: `dpop.replays.${option}`,
      }),
    );
  });
});

(url === undefined ? describe.skip : describe)('RedisDPoPReplays', () => {
  const redis = url ?? '';

  it('has one winner of a hundred parallel uses in two instances', async () => {
    const instances = [await instance({ url: redis }), await instance({ url: redis })] as const;
    const proof = ana.proof();
    const uses = Array.from({ length: 50 }, () => instances.map((verify) => verify(proof))).flat();
    const outcomes = await Promise.allSettled(uses);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expect(instances[1](ana.proof())).resolves.toBeUndefined();
  });

  it('remembers for as long as it is told, beside a client of the application', async () => {
    const client = await createClient({ url: redis }).connect();
    cleanUp.push(() => client.destroy());
    const replays = redisDPoPReplays({ client, prefix: 'test' });
    await replays.start();
    await replays.start();
    const key = randomUUID();
    expect(await replays.firstUse(key, 65)).toBe(true);
    await replays.stop();
    expect(await replays.firstUse(key, 65)).toBe(false);
    const left = await client.pTTL(`test:dpop:${key}`);
    expect(left).toBeGreaterThan(60_000);
    expect(left).toBeLessThanOrEqual(65_000);
    await replays.stop();
    await expect(replays.firstUse(key, 65)).rejects.toThrow('closed');
    expect(client.isReady).toBe(true);
  });

  it('remembers a proof of a fast clock as long as it can be presented', async () => {
    const prefix = `test-${randomUUID()}`;
    const client = await createClient({ url: redis }).connect();
    cleanUp.push(() => client.destroy());
    const verify = await instance({ url: redis, prefix });
    await verify(ana.proof({ iat: Math.floor(Date.now() / 1000) + 14 }));
    const [key = ''] = await client.keys(`${prefix}:dpop:*`);
    expect(await client.pTTL(key)).toBeGreaterThan((14 + 60 + 10) * 1000);
    await client.del(key);
  });

  it('refuses while Redis is away, and goes on when it is back', async () => {
    const { hostname, port } = new URL(redis);
    const proxy = await tcpServer((socket) => {
      const upstream = connect(Number(port || 6379), hostname);
      socket.on('close', () => upstream.destroy());
      socket.pipe(upstream).on('error', () => undefined);
      upstream.pipe(socket);
    });
    const verify = await instance({ url: proxy.url });
    await expect(verify(ana.proof())).resolves.toBeUndefined();
    proxy.cut();
    await expect(verify(ana.proof())).rejects.toThrow(unavailable);
    await proxy.mend();
    const deadline = Date.now() + 10_000;
    let isBack = false;
    while (!isBack && Date.now() < deadline) {
      isBack = await verify(ana.proof()).then(
        () => true,
        () => new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 20)),
      );
    }
    expect(isBack).toBe(true);
  }, 15_000);
});
