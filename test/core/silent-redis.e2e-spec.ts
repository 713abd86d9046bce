import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type RedisClientLike, redisStore } from '@patronus/nestjs/redis';
import { createClient } from '@redis/client';
import { Redis } from 'ioredis';
import { until } from '../environment/until.js';
import { hasRedisServer, RedisProcess } from './redis-process.js';

const CLIENTS: readonly (readonly [string, (url: string) => RedisClientLike])[] = [
  ['@redis/client', (url) => createClient({ url })],
  ['ioredis', (url) => new Redis(url, { lazyConnect: true })],
];

(hasRedisServer() ? describe : describe.skip).each(CLIENTS)(
  'a store on a Redis that keeps its connections and answers nothing: %s',
  (_name, make) => {
    let redis: RedisProcess;
    beforeEach(async () => {
      redis = await RedisProcess.start();
    });
    afterEach(async () => {
      redis.resume();
      await redis.kill();
    });

    it('refuses commands after a while, and goes on with another connection', async () => {
      const store = redisStore({ client: make(redis.url) });
      const ask = () => store.get('a').catch(() => 'refused');
      await store.set('a', 'kept');
      redis.pause();
      const answers: unknown[] = [];
      await until(true, () => {
        void ask().then((answer) => answers.push(answer));
        return answers.length > 0;
      });
      expect(answers[0]).toBe('refused');
      redis.resume();
      await until(true, async () => (await ask()) === 'kept');
      await store.disconnect();
    });
  },
);
