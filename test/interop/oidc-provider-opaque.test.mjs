import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { introspection } from '@patronus/nestjs/introspection';
import { oidc } from '@patronus/nestjs/jwt';
import { assertAdmitted, assertGuarded, assertRefused } from './expectations.mjs';
import { guardedApp } from './guarded-app.mjs';
import { OidcIssuer, resourceOf } from './oidc-provider.mjs';

describe('oidc-provider with opaque tokens', () => {
  const apps = [];
  let issuer;

  async function guarded(provider) {
    const app = await guardedApp(provider);
    apps.push(app);
    return app;
  }

  before(async () => {
    issuer = await OidcIssuer.start(['ES256', 'RS256']);
  });

  after(async () => {
    await Promise.all(apps.map((app) => app.close()));
    await issuer?.server.close();
  });

  const introspected = () =>
    introspection({ ...issuer.introspection, audience: resourceOf('opaque') });

  it('is asked about them (RFC 7662), and believed', async () => {
    const { access_token: token } = await issuer.codeFlow('opaque');
    assert(!token.includes('.'), 'it is opaque');
    const identity = await assertGuarded(await guarded(introspected()), token);
    assert.equal(identity.id, 'ana');
    assert.deepEqual(identity.scopes, ['patients.read']);
  });

  it('is believed for both kinds of tokens at once', async () => {
    const app = await guarded([
      oidc({ issuer: issuer.url, audience: resourceOf('ES256') }),
      introspected(),
    ]);
    for (const kind of ['ES256', 'opaque']) {
      const { access_token: token } = await issuer.codeFlow(kind);
      assert.equal((await assertGuarded(app, token)).id, 'ana');
    }
  });

  it('does not answer an API that gives a wrong secret, which is no fault of the token', async () => {
    const { access_token: token } = await issuer.codeFlow('opaque');
    const wrong = { ...issuer.introspection, clientSecret: 'a wrong secret of the same client' };
    const app = await guarded(introspection(wrong));
    const answer = await app.ask(token);
    assert.deepEqual([answer.status, answer.body.code], [503, 'provider_unavailable']);
    await assertAdmitted(await guarded(introspected()), token);
    await assertRefused(await guarded(introspected()), 'no-such-token');
  });
});
