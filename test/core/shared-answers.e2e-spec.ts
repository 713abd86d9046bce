import 'reflect-metadata';
import { createServer, type Server } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import KeyvRedis from '@keyv/redis';
import { Controller, Get, Module, type INestApplication } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { CurrentUser, Identity, PatronusModule } from '@patronus/nestjs';
import { introspection } from '@patronus/nestjs/introspection';
import { Keyv } from 'keyv';
import { ask } from './ask.js';
import { listen } from './listening-app.js';
import { until } from '../environment/until.js';
import { hasRedisServer, RedisProcess } from './redis-process.js';

@Controller('me')
class MeController {
  @Get() me(@CurrentUser() { id }: Identity) {
    return { id };
  }
}

(hasRedisServer() ? describe : describe.skip)('answers shared through a real Redis', () => {
  let redis: RedisProcess;
  let server: Server;
  let url: string;
  let questions: string[];
  const running: INestApplication[] = [];
  const stores: Keyv[] = [];

  beforeAll(async () => {
    redis = await RedisProcess.start();
    server = createServer((request, response) => {
      let form = '';
      request.on('data', (chunk) => (form += String(chunk)));
      request.on('end', () => {
        const token = new URLSearchParams(form).get('token') ?? '';
        questions.push(token);
        const [word, sub] = token.split('.');
        response.end(JSON.stringify(word === 'good' ? { active: true, sub } : { active: false }));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    url = `http://127.0.0.1:${address.port}/introspect`;
  });
  beforeEach(() => void (questions = []));
  afterEach(async () => {
    redis.resume();
    await Promise.all(running.splice(0).map((app) => app.close()));
    await Promise.allSettled(stores.splice(0).map((store) => store.disconnect()));
  });
  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await redis.kill();
  });

  async function instance() {
    const store = new Keyv({ store: new KeyvRedis(redis.url) });
    store.on('error', () => {});
    stores.push(store);
    const cache = { stores: [store] };
    const provider = introspection({ url, clientId: 'clinic', clientSecret: 'secret', cache });
    @Module({
      imports: [PatronusModule.forRoot({ identityProvider: provider })],
      controllers: [MeController],
    })
    class AppModule {}
    const started = await listen(AppModule, new ExpressAdapter());
    running.push(started.app);
    return { ...started, store };
  }

  const keysOf = async ({ store }: { store: Keyv }) => {
    const keys: string[] = [];
    for await (const [key] of store.iterator?.({}) ?? []) keys.push(String(key));
    return keys;
  };

  it('spare the second instance the question, and hold no token', async () => {
    const first = await instance();
    const second = await instance();
    expect((await ask(first, 'me', 'good.ana')).body).toEqual({ id: 'ana' });
    await until(1, async () => (await keysOf(first)).length);
    expect((await ask(second, 'me', 'good.ana')).body).toEqual({ id: 'ana' });
    expect(questions).toEqual(['good.ana']);
    expect((await ask(second, 'me', 'bad.ana')).status).toBe(401);
    expect(await keysOf(first)).toEqual([
      expect.stringMatching(/^patronus:answers:[\da-f]{64}:[\da-f]{64}$/),
    ]);
  });

  it('are done without while Redis is gone, and shared again when it is back', async () => {
    const first = await instance();
    expect((await ask(first, 'me', 'good.eva')).status).toBe(200);
    await redis.kill();
    for (let index = 0; index < 20; index++) {
      expect((await ask(first, 'me', `good.u${index}`)).body).toEqual({ id: `u${index}` });
      expect((await ask(first, 'me', `bad.u${index}`)).status).toBe(401);
    }
    await redis.start();
    const second = await instance();
    let tries = 0;
    await until(true, async () => {
      tries += 1;
      expect((await ask(first, 'me', `good.later${tries}`)).status).toBe(200);
      const asked = questions.length;
      expect((await ask(second, 'me', `good.later${tries}`)).status).toBe(200);
      return questions.length === asked;
    });
  }, 30_000);

  it('are done without while Redis hangs', async () => {
    const first = await instance();
    expect((await ask(first, 'me', 'good.ivo')).status).toBe(200);
    redis.pause();
    const crowd = Array.from({ length: 50 }, (_, index) => ask(first, 'me', `good.h${index}`));
    expect(new Set((await Promise.all(crowd)).map(({ status }) => status))).toEqual(new Set([200]));
    expect((await ask(first, 'me', 'bad.ivo')).status).toBe(401);
  });
});
