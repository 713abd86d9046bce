import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { betterAuth } from 'better-auth';
import { memoryAdapter } from 'better-auth/adapters/memory';
import { toNodeHandler } from 'better-auth/node';
import { jwt } from 'better-auth/plugins';
import { oidc } from '@patronus/nestjs/jwt';
import { assertAdmitted, assertGuarded, assertRefused, decoded } from './expectations.mjs';
import { guardedApp } from './guarded-app.mjs';
import { localServer } from './local-server.mjs';

const ANA = 'ana@novah.example';

/** better-auth with its JWT plug-in, everything in memory. */
async function start(plugin) {
  const server = await localServer();
  const tables = { user: [], session: [], account: [], verification: [], jwks: [] };
  const auth = betterAuth({
    baseURL: server.url,
    secret: 'a secret of this test, and of nothing else',
    database: memoryAdapter(tables),
    emailAndPassword: { enabled: true },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    plugins: [jwt(plugin)],
  });
  server.handle(toNodeHandler(auth));
  // It makes its first key when asked for it; two who ask at once make two.
  await fetch(`${server.url}/api/auth/jwks`);
  return { ...server, tables };
}

/** Signs up, and gives what asks the token endpoint within that session. */
async function signUp({ url }, email) {
  const answer = await fetch(`${url}/api/auth/sign-up/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify({ email, name: 'Ana Souza', password: 'correct horse battery' }),
  });
  assert.equal(answer.status, 200, await answer.clone().text());
  const cookie = answer.headers.getSetCookie().map((one) => one.split(';', 1)[0]);
  return async () => {
    const response = await fetch(`${url}/api/auth/token`, {
      headers: { cookie: cookie.join('; ') },
    });
    assert.equal(response.status, 200);
    return (await response.json()).token;
  };
}

const provider = ({ url }, audience = url) =>
  oidc({ issuer: url, audience, jwksUri: `${url}/api/auth/jwks` });

for (const { algorithm, plugin, note = '' } of [
  { algorithm: 'EdDSA', note: ', its default' },
  { algorithm: 'ES256', plugin: { jwks: { keyPairConfig: { alg: 'ES256' } } } },
  { algorithm: 'RS256', plugin: { jwks: { keyPairConfig: { alg: 'RS256' } } } },
]) {
  describe(`better-auth with ${algorithm}${note}`, () => {
    let issuer;
    let ana;
    let ben;
    let app;

    beforeEach(async () => {
      issuer = await start(plugin);
      ana = await signUp(issuer, ANA);
      ben = await signUp(issuer, 'ben@novah.example');
      app = await guardedApp(provider(issuer));
    });

    afterEach(async () => {
      await app?.close();
      await issuer?.close();
    });

    it('is believed', async () => {
      const token = await ana();
      assert.equal(decoded(token).header.alg, algorithm);
      const identity = await assertGuarded(app, token);
      assert.equal(identity.id, issuer.tables.user[0].id);
      assert.equal(identity.email, ANA);
      assert.equal(identity.name, 'Ana Souza');
    });

    it('is not believed for another audience', async () => {
      const elsewhere = await guardedApp(provider(issuer, 'https://other.example'));
      try {
        await assertRefused(elsewhere, await ana(), 'token_invalid');
      } finally {
        await elsewhere.close();
      }
    });

    for (const [what, expiresAt, isStillGood] of [
      ['the old one while it is published', () => new Date(Date.now() - 1000), true],
      ['the old one no more', () => new Date(0), false],
    ]) {
      it(`rotates its key: the new one is believed, and ${what}`, async () => {
        await assertAdmitted(app, await ana());
        const unseen = await ben();
        // As after jwks.rotationInterval, and after jwks.gracePeriod as well.
        for (const key of issuer.tables.jwks) key.expiresAt = expiresAt();
        const fresh = await ana();
        assert.notEqual(decoded(fresh).header.kid, decoded(unseen).header.kid);
        await assertGuarded(app, fresh);
        if (isStillGood) await assertAdmitted(app, unseen);
        else await assertRefused(app, unseen, 'token_invalid');
      });
    }
  });
}
