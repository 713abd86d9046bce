import { describe, expect, it } from '@jest/globals';
import { createClient, createCluster } from '@redis/client';
import { Cluster, Redis } from 'ioredis';
import { PatronusConfigurationError } from '../errors/configuration.error.js';
import type { RedisClientLike } from './redis-client.js';
import { privateOptions } from './redis-connection.js';
import { redisRevocations } from './redis.revocations.js';
import { readOptions } from './redis-revocations.options.js';

const url = 'redis://127.0.0.1:6379';
const SECRET = 'hush';

describe('the options of revocations in Redis', () => {
  it('are complete with an address alone', () => {
    expect(readOptions({ url })).toEqual({
      keepFor: 24 * 3600,
      max: 100_000,
      key: 'patronus:revocations',
      denies: true,
      source: expect.objectContaining({ isCluster: false }),
    });
  });

  it('take the address and the credentials from a client', () => {
    const client = createClient({ url: `redis://ana:${SECRET}@redis:6380/2`, RESP: 3 });
    const { source, denies, key } = readOptions({
      client,
      prefix: 'app',
      whenUnreachable: 'allow',
    });
    expect(source.isCluster).toBe(false);
    expect(privateOptions(client.options)).toMatchObject({
      RESP: 2,
      username: 'ana',
      password: SECRET,
      database: 2,
      socket: { host: 'redis', port: 6380 },
    });
    expect([denies, key]).toEqual([false, 'app:revocations']);
  });

  it('tell a cluster from a single client, of either package', () => {
    const redis = new Redis({ lazyConnect: true });
    const cluster = new Cluster([{ host: '127.0.0.1' }], { lazyConnect: true });
    const isCluster = (client: RedisClientLike) => readOptions({ client }).source.isCluster;
    expect(
      [redis, cluster, createClient(), createCluster({ rootNodes: [] })].map(isCluster),
    ).toEqual([false, true, false, true]);
  });

  it.each<[object, string]>([
    [{}, 'revocations.url: or client must be given'],
    [{ url, client: createClient() }, 'revocations.url: or client must be given'],
    [{ url: `http://ana:${SECRET}@redis` }, 'revocations.url: is not the address of a Redis.'],
    [{ url: 'redis://' }, 'revocations.url: is not the address of a Redis.'],
    [{ url: 6379 }, 'revocations.url: is not the address of a Redis.'],
    [{ client: url }, 'revocations.client: is not a supported client of Redis'],
    [{ client: null }, 'revocations.client: is not a supported client of Redis'],
    [
      { client: { duplicate: () => ({}) } },
      'revocations.client: is not a supported client of Redis',
    ],
    [{ url, prefix: '' }, 'revocations.prefix: is not a prefix.'],
    [{ url, prefix: 'two words' }, 'revocations.prefix: is not a prefix.'],
    [
      { url, whenUnreachable: 'open' },
      "revocations.whenUnreachable: is neither 'deny' nor 'allow'.",
    ],
    [{ url, max: 0 }, 'revocations.max: is not a whole number over 0.'],
    [{ url, whenUnreachabel: 'deny' }, 'Did you mean "whenUnreachable"?'],
  ])('are refused by name, and never repeated: %#', (options, message) => {
    const make = (): unknown => Reflect.apply(redisRevocations, undefined, [options]);
    expect(make).toThrow(PatronusConfigurationError);
    expect(make).toThrow(message);
    expect(make).not.toThrow(SECRET);
  });
});
