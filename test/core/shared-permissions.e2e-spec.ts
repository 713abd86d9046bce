import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module, type INestApplication } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import KeyvRedis from '@keyv/redis';
import { PatronusModule, PermissionCache, RequirePermissions } from '@patronus/nestjs';
import { Keyv } from 'keyv';
import { redisUrl } from '../environment/services.js';
import { ask } from './ask.js';
import { listen } from './listening-app.js';
import { TokenTableProvider } from './token-table.provider.js';

const url = redisUrl();

@Controller()
class NotesController {
  @RequirePermissions('notes.read') @Get('notes') notes() {
    return 'notes';
  }
}

(url === undefined ? describe.skip : describe)('a permission source behind a real Redis', () => {
  const running: INestApplication[] = [];
  afterEach(() => Promise.all(running.splice(0).map((app) => app.close())));

  async function instance(namespace: string, source: () => Promise<{ permissions: string[] }>) {
    const store = new Keyv({ store: new KeyvRedis(url ?? ''), namespace });
    @Module({
      imports: [
        PatronusModule.forRoot({
          identityProvider: new TokenTableProvider(),
          permissions: { source, cache: { stores: [store] } },
        }),
      ],
      controllers: [NotesController],
    })
    class InstanceModule {}
    const started = await listen(InstanceModule, new ExpressAdapter());
    running.push(started.app);
    return { ...started, clear: () => store.clear() };
  }

  it('asks once for all instances, and a purge by one is seen by one that starts later', async () => {
    const namespace = `patronus-test-${randomUUID()}`;
    let questions = 0;
    let permissions = ['notes.read'];
    const source = async () => {
      questions += 1;
      return { permissions };
    };
    const first = await instance(namespace, source);
    const second = await instance(namespace, source);
    expect((await ask(first, 'notes', 'ana')).status).toBe(200);
    expect((await ask(second, 'notes', 'ana')).status).toBe(200);
    expect(questions).toBe(1);

    permissions = [];
    await first.app.get(PermissionCache).purge({ user: 'ana' });
    const third = await instance(namespace, source);
    expect((await ask(first, 'notes', 'ana')).status).toBe(403);
    expect((await ask(third, 'notes', 'ana')).status).toBe(403);
    expect(questions).toBe(2);
    await first.clear();
  });
});
