import { randomUUID } from 'node:crypto';
import { oidc } from '@patronus/nestjs/jwt';
import { TestIssuer, TestKey } from '@patronus/nestjs/testing';
import { startApp } from '../app.mjs';
import { after, ask, loadUntil, tally } from '../load.mjs';

const SECONDS = 30;
const WINDOW = 10;
const PER_SECOND = 1000;
const ROTATIONS = 2;

/** Random `kid`s, a thousand a second, while the issuer rotates its key and people go on working. */
export async function run(say) {
  const issuer = await TestIssuer.start({ algorithm: 'ES256' });
  const { url, close } = await startApp({
    identityProvider: oidc({ issuer: issuer.url, audience: 'test' }),
    identityCache: { max: 1 },
  });
  const stranger = await TestKey.generate('ES256');
  const [, payload, signature] = (await issuer.token({}, { key: stranger })).split('.');
  const unknown = () => {
    const header = JSON.stringify({ alg: 'ES256', typ: 'JWT', kid: randomUUID() });
    return `${Buffer.from(header).toString('base64url')}.${payload}.${signature}`;
  };
  const goodToken = () => issuer.token({ sub: randomUUID(), permissions: ['notes.read'] });
  if ((await ask(url, await goodToken())) !== 200) throw new Error('nobody gets in');

  const isOver = after(SECONDS);
  const fetches = [];
  const watch = watchFetches(issuer, fetches, isOver);
  say(`${PER_SECOND} unknown kids a second for ${SECONDS} s, ${ROTATIONS} rotations`);
  const flood = floodWith(url, unknown, isOver);
  let rotatedAt = 0;
  let late = 0;
  const valid = {};
  const people = (async () => {
    while (!isOver()) {
      const status = await ask(url, await goodToken());
      valid[status] = (valid[status] ?? 0) + 1;
      if (status !== 200 && performance.now() - rotatedAt > WINDOW * 1000) late++;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  })();
  for (let rotation = 0; rotation < ROTATIONS; rotation++) {
    await new Promise((resolve) => setTimeout(resolve, (SECONDS / (ROTATIONS + 1)) * 1000));
    await issuer.rotate();
    rotatedAt = performance.now();
  }
  const [strangers] = await Promise.all([flood, people, watch]);
  await close();
  await issuer.stop();
  const good = tally(valid);
  // A fetch is seen when it arrives, which is not exactly when it was sent.
  const most = mostIn(fetches, WINDOW * 1000 - 50);
  const refused = tally(strangers, '401');
  return [
    {
      what: `${refused.all.toLocaleString('en')} unknown kids in ${SECONDS} s, ${ROTATIONS} rotations, ${good.all.toLocaleString('en')} valid tokens`,
      expected: `0 valid tokens refused later than ${WINDOW} s after a rotation`,
      measured: `${late} (within the window: ${good.others}); unknown kids not answered with 401: ${refused.others}`,
      met: late === 0 && refused.others === 0,
    },
    {
      what: 'the same',
      expected: `at most 2 fetches of keys in any ${WINDOW} s`,
      measured: `${most} at most, ${fetches.length} in all`,
      met: most <= 2,
    },
  ];
}

/** A tenth of a second's share at once, then a wait for the next tenth. */
async function floodWith(url, draw, isOver) {
  const counts = {};
  const pending = new Set();
  while (!isOver()) {
    const next = new Promise((resolve) => setTimeout(resolve, 20));
    for (let index = 0; index < PER_SECOND / 50; index++) {
      const one = loadUntil(url, { workers: 1, draw, isOver: once() }).then((got) => {
        for (const [status, times] of Object.entries(got)) {
          counts[status] = (counts[status] ?? 0) + times;
        }
        return pending.delete(one);
      });
      pending.add(one);
    }
    await next;
  }
  await Promise.all(pending);
  return counts;
}

function once() {
  let calls = 0;
  return () => calls++ > 0;
}

async function watchFetches(issuer, times, isOver) {
  let seen = issuer.fetches.jwks;
  while (!isOver()) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    for (; seen < issuer.fetches.jwks; seen++) times.push(performance.now());
  }
}

function mostIn(times, span) {
  return Math.max(
    0,
    ...times.map((start) => times.filter((time) => time >= start && time - start < span).length),
  );
}
