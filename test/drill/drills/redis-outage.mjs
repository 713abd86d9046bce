import { createServer } from 'node:http';
import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import { createKeyv } from '@keyv/redis';
import { introspection } from '@patronus/nestjs/introspection';
import { startApp } from '../app.mjs';
import { after, loadUntil, tally } from '../load.mjs';
import { ownRedis } from '../own-redis.mjs';

const BEFORE = 3;
const DOWN = 6;
const AFTER = 4;

/** The Redis behind both shared caches is killed under load, and comes back. */
export async function run(say) {
  const redis = await ownRedis();
  const server = createServer((request, response) => {
    request.resume().once('end', () => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ active: true, sub: randomUUID() }));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const store = () => {
    const keyv = createKeyv(redis.url);
    keyv.on('error', () => {});
    return keyv;
  };
  const { url, close } = await startApp({
    identityProvider: introspection({
      url: `http://127.0.0.1:${server.address().port}/introspect`,
      clientId: 'notes',
      clientSecret: 'a secret of the drill',
      cache: { stores: [store()] },
    }),
    identityCache: { max: 50 },
    permissions: {
      source: () => Promise.resolve({ permissions: ['notes.read'] }),
      cache: { stores: [store()], max: 50 },
    },
  });
  const people = Array.from({ length: 1000 }, () => randomUUID());
  const draw = () => people[Math.floor(Math.random() * people.length)];
  const load = loadUntil(url, { draw, isOver: after(BEFORE + DOWN + AFTER) });
  await wait(BEFORE);
  say(`Redis is killed under load, and gone for ${DOWN} s`);
  await redis.kill();
  await wait(DOWN);
  await redis.restart();
  const counts = await load;
  await close();
  await redis.kill();
  server.closeAllConnections();
  server.close();
  const { all, others } = tally(counts);
  return [
    {
      what: `Redis killed under load for ${DOWN} s, ${all.toLocaleString('en')} requests of ${people.length.toLocaleString('en')} people`,
      expected: '0 answers 5xx',
      measured: `${others} answers other than 200`,
      met: others === 0,
    },
  ];
}

function wait(seconds) {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
