import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Controller, Get, Logger, Module } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import {
  PatronusModule,
  PermissionCache,
  RequirePermissions,
  type Revocation,
} from '@patronus/nestjs';
import {
  type RedisClientLike,
  redisDPoPReplays,
  redisRevocations,
  redisStore,
} from '@patronus/nestjs/redis';
import { createClient, createCluster } from '@redis/client';
import { Cluster, Redis } from 'ioredis';
import { removeKeys } from '../auth-server/support/remove-keys.js';
import { redisUrl } from '../environment/services.js';
import { ask } from './ask.js';
import { listen } from './listening-app.js';
import { RedisClusterProcesses } from './redis-cluster.js';
import { hasRedisServer } from './redis-process.js';
import { answerOf } from './revocation-answers.js';
import { TokenTableProvider } from './token-table.provider.js';
import { until } from '../environment/until.js';

jest.setTimeout(60_000);

const url = redisUrl();
const SERVERS = [
  ['a single Redis', url !== undefined],
  ['a cluster of three nodes', url !== undefined && hasRedisServer()],
] as const;

@Controller()
class NotesController {
  @RequirePermissions('notes.read') @Get('notes') notes() {
    return 'notes';
  }
}

const there = SERVERS.filter(([, isHere]) => isHere).map(([server]) => server);
const described = there.length === 0 ? describe.skip : describe;

described.each(there.length === 0 ? ['Redis'] : there)(
  "an application's clients, on %s",
  (server) => {
    const isCluster = server !== 'a single Redis';
    const ending: (() => unknown)[] = [];
    let cluster: RedisClusterProcesses | undefined;
    let clients: readonly (readonly [name: string, make: () => RedisClientLike])[] = [];
    let prefix = '';

    beforeAll(async () => {
      jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => {});
      jest.spyOn(Logger.prototype, 'log').mockImplementation(() => {});
      if (isCluster) cluster = await RedisClusterProcesses.start();
      const ports = cluster?.ports ?? [];
      const rootNodes = ports.map((port) => ({ url: `redis://127.0.0.1:${port}` }));
      const nodes = ports.map((port) => ({ host: '127.0.0.1', port }));
      clients = isCluster
        ? [
            ['@redis/client', () => createCluster({ rootNodes })],
            ['ioredis', () => new Cluster(nodes, { lazyConnect: true, keyPrefix: 'app:' })],
          ]
        : [
            ['@redis/client', () => createClient({ url: url ?? '' })],
            ['ioredis', () => new Redis(url ?? '', { lazyConnect: true, keyPrefix: 'app:' })],
          ];
    });
    afterEach(async () => {
      for (const end of ending.splice(0).toReversed()) await end();
      if (!isCluster) await removeKeys(prefix);
    });
    afterAll(async () => {
      jest.restoreAllMocks();
      await cluster?.remove();
    });

    const client = (name: string): RedisClientLike => {
      const [, make] = clients.find(([one]) => one === name) ?? [];
      if (make === undefined) throw new Error(`no client ${name}`);
      return make();
    };

    async function instance(name: string) {
      const revocations = redisRevocations({ client: client(name), prefix });
      const heard: Revocation[] = [];
      revocations.observe((revocation) => heard.push(revocation));
      await revocations.start();
      ending.push(() => revocations.stop());
      return { revocations, heard };
    }

    const freshPrefix = () => (prefix = `patronus-test-${randomUUID()}`);

    const PAIRS = [
      ['@redis/client', 'ioredis'],
      ['ioredis', '@redis/client'],
      ['ioredis', 'ioredis'],
      ['@redis/client', '@redis/client'],
    ] as const;

    it.each(PAIRS)(
      'share revocations: %s tells %s, and one that starts later',
      async (one, other) => {
        freshPrefix();
        const from = await instance(one);
        const to = await instance(other);
        expect([answerOf(from.revocations, 'ana'), answerOf(to.revocations, 'ana')]).toEqual([
          'good',
          'good',
        ]);
        await from.revocations.revoke({ user: 'ana' });
        expect(answerOf(from.revocations, 'ana')).toBe('revoked');
        await until('revoked', () => answerOf(to.revocations, 'ana'));
        expect(answerOf(to.revocations, 'ben')).toBe('good');
        expect(to.heard).toEqual([{ user: 'ana', issuedBefore: expect.any(Number) }]);
        const later = await instance(other);
        expect(answerOf(later.revocations, 'ana')).toBe('revoked');
        expect(answerOf(later.revocations, 'ben')).toBe('good');
      },
    );

    it.each(['@redis/client', 'ioredis'])('remember the proofs of DPoP: %s', async (name) => {
      freshPrefix();
      const [one, other] = ['ioredis', name].map((kind) =>
        redisDPoPReplays({ client: client(kind), prefix }),
      );
      for (const replays of [one, other]) {
        await replays?.start();
        ending.push(() => replays?.stop());
      }
      const keys = Array.from({ length: 20 }, () => randomUUID());
      await Promise.all(
        keys.map(async (key) => {
          const uses = [one, other, one, other].map((replays) => replays?.firstUse(key, 60));
          const first = (await Promise.all(uses)).filter(Boolean);
          expect(first).toHaveLength(1);
        }),
      );
    });

    it.each(PAIRS)('share the answers of a permission source: %s, %s', async (one, other) => {
      freshPrefix();
      let questions = 0;
      let permissions = ['notes.read'];
      const start = async (name: string) => {
        const source = async () => {
          questions += 1;
          return { permissions };
        };
        const store = redisStore({ client: client(name), prefix });
        // A look-up bypasses a slow store, such as one that has yet to connect.
        await store.get('connect');
        const stores = [store];
        const identityProvider = new TokenTableProvider();
        @Module({
          imports: [
            PatronusModule.forRoot({
              identityProvider,
              permissions: { source, cache: { stores } },
            }),
          ],
          controllers: [NotesController],
        })
        class InstanceModule {}
        const started = await listen(InstanceModule, new ExpressAdapter());
        ending.push(() => started.app.close());
        return started;
      };
      const [first, second] = [await start(one), await start(other)];
      expect((await ask(first, 'notes', 'ana')).status).toBe(200);
      expect((await ask(second, 'notes', 'ana')).status).toBe(200);
      expect(questions).toBe(1);
      permissions = [];
      await first.app.get(PermissionCache).purge({ user: 'ana' });
      const third = await start(other);
      expect((await ask(first, 'notes', 'ana')).status).toBe(403);
      expect((await ask(third, 'notes', 'ana')).status).toBe(403);
      expect(questions).toBe(2);
    });

    it('keep the times and the values of a store, and fail at once while it is away', async () => {
      freshPrefix();
      for (const [name] of clients) {
        const store = redisStore({ client: client(name), prefix });
        ending.push(() => store.disconnect());
        await store.set('a', { b: ['c', 1] }, 60_000);
        expect(await store.get('a')).toEqual({ b: ['c', 1] });
        expect(await store.get('none')).toBeUndefined();
        await store.clear();
        expect(await store.has('a')).toBe(true);
        expect(await store.delete('a')).toBe(true);
        expect(await store.get('a')).toBeUndefined();
        await store.set('soon', 1, 1);
        await until(undefined, () => store.get('soon'));
      }
      const away = redisStore({ client: new Redis({ port: 1, lazyConnect: true }) });
      ending.push(() => away.disconnect());
      await expect(away.get('a')).rejects.toThrow();
      await expect(away.get('a')).rejects.toThrow();
    });

    if (!isCluster) return;

    it.each(['@redis/client', 'ioredis'])(
      'refuse everything while the master is away: %s',
      async (name) => {
        freshPrefix();
        const { revocations } = await instance(name);
        await revocations.revoke({ user: 'ana' });
        const master = await cluster?.masterOf(`${prefix}:revocations`);
        await master?.kill();
        await until('provider_unavailable', () => answerOf(revocations, 'ben'));
        expect(answerOf(revocations, 'ana')).toBe('revoked');
        await expect(revocations.revoke({ user: 'x' })).rejects.toMatchObject({
          code: 'provider_unavailable',
        });
        await master?.start();
        await cluster?.whole();
        await until('good', () => answerOf(revocations, 'ben'));
        const other = await instance('ioredis');
        await other.revocations.revoke({ user: 'ben' });
        await until('revoked', () => answerOf(revocations, 'ben'));
      },
    );

    it.each(['@redis/client', 'ioredis'])('follow the slot to another master: %s', async (name) => {
      freshPrefix();
      const { revocations } = await instance(name);
      await revocations.revoke({ user: 'ana' });
      await cluster?.move(`${prefix}:revocations`);
      const other = await instance(name);
      expect(answerOf(other.revocations, 'ana')).toBe('revoked');
      await other.revocations.revoke({ user: 'ben' });
      await until('revoked', () => answerOf(revocations, 'ben'));
      await until('good', () => answerOf(revocations, 'cleo'));
      await revocations.revoke({ user: 'cleo' });
      await until('revoked', () => answerOf(other.revocations, 'cleo'));
    });
  },
);
