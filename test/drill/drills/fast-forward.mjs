import { randomUUID } from 'node:crypto';
import { IdentityCache, InMemoryRevocations } from '@patronus/nestjs';
import { oidc } from '@patronus/nestjs/jwt';
import { TestIssuer } from '@patronus/nestjs/testing';
import { startApp } from '../app.mjs';
import { ask } from '../load.mjs';

const HOURS = 24;
const STEPS = 12;
const GOOD_EACH = 60;
const BAD_EACH = 60;

/** A day of random tokens, issuers and tenants, in fast forward: the memory after each hour. */
export async function run(say) {
  let shift = 0;
  const now = Date.now;
  Date.now = () => now() + shift;
  const issuer = await TestIssuer.start({ algorithm: 'ES256' });
  const revocations = new InMemoryRevocations({ keepFor: 3600, max: 1000 });
  const { app, url, close } = await startApp({
    identityProvider: oidc({ issuer: issuer.url, audience: 'test' }),
    identityCache: { max: 500, ttl: 300 },
    tenancy: { claim: 'empresa_id' },
    permissions: {
      source: () => Promise.resolve({ permissions: ['notes.read'] }),
      cache: { max: 500 },
    },
    revocations,
  });
  const heaps = [];
  let requests = 0;
  for (let hour = 0; hour < HOURS; hour++) {
    say(`hour ${hour + 1} of ${HOURS}`);
    for (let step = 0; step < STEPS; step++) {
      requests += await burst(url, issuer);
      await revocations.revoke({ session: randomUUID() });
      shift += 3_600_000 / STEPS;
    }
    heaps.push(heapInUse());
  }
  const cached = app.get(IdentityCache).size;
  await close();
  await issuer.stop();
  const early = median(heaps.slice(4, 9));
  const late = median(heaps.slice(-5));
  return [
    {
      what: `${HOURS} hours in fast forward: ${requests.toLocaleString('en')} requests, each with a token, a user and a tenant of its own, half of them from unknown issuers or with unknown keys`,
      expected: 'memory flat',
      measured: `${early.toFixed(1)} MB after a quarter of the day, ${late.toFixed(1)} MB at its end; ${cached} identities cached of at most 500`,
      met: late < early * 1.05 && cached <= 500,
    },
  ];
}

async function burst(url, issuer) {
  const good = Array.from({ length: GOOD_EACH }, () =>
    issuer.token({
      sub: randomUUID(),
      sid: randomUUID(),
      empresa_id: randomUUID(),
      iat: Math.floor(Date.now() / 1000),
      exp: Math.floor(Date.now() / 1000) + 3000,
    }),
  );
  const bad = Array.from({ length: BAD_EACH }, (_, index) =>
    index % 2 === 0
      ? issuer.token({ iss: `https://${randomUUID()}.example` })
      : issuer.token({}, { header: { kid: randomUUID() } }),
  );
  const statuses = await Promise.all(
    (await Promise.all([...good, ...bad])).map((token) => ask(url, token)),
  );
  const refused = statuses.slice(0, GOOD_EACH).filter((status) => status !== 200);
  if (refused.length > 0) throw new Error(`good tokens were answered with ${refused.join(', ')}`);
  return statuses.length;
}

function heapInUse() {
  globalThis.gc();
  globalThis.gc();
  return process.memoryUsage().heapUsed / 1024 / 1024;
}

function median(values) {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)];
}
