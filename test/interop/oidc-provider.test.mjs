import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { oidc } from '@patronus/nestjs/jwt';
import { assertAdmitted, assertGuarded, assertRefused, decoded } from './expectations.mjs';
import { guardedApp } from './guarded-app.mjs';
import { OidcIssuer, resourceOf } from './oidc-provider.mjs';

const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'];

describe('oidc-provider', () => {
  const apps = [];
  let issuer;

  async function guarded(kind, options) {
    const audience = resourceOf(kind);
    const app = await guardedApp(oidc({ issuer: issuer.url, audience, ...options }));
    apps.push(app);
    return app;
  }

  before(async () => {
    issuer = await OidcIssuer.start(ALGORITHMS);
  });

  after(async () => {
    await Promise.all(apps.map((app) => app.close()));
    await issuer?.server.close();
  });

  for (const algorithm of ALGORITHMS) {
    it(`is believed for the access tokens of its code flow, signed with ${algorithm}`, async () => {
      const { access_token: token } = await issuer.codeFlow(algorithm);
      assert.equal(decoded(token).header.alg, algorithm);
      assert.equal(decoded(token).header.typ, 'at+jwt');
      const identity = await assertGuarded(
        await guarded(algorithm, { requireTyp: 'at+jwt' }),
        token,
      );
      assert.equal(identity.id, 'ana');
      assert.equal(identity.issuer, issuer.url);
      assert.deepEqual(identity.scopes, ['patients.read']);
    });
  }

  it('is believed for client credentials', async () => {
    const { access_token: token } = await issuer.clientCredentials('ES256');
    const identity = await assertGuarded(await guarded('ES256'), token);
    assert.equal(identity.id, 'service');
  });

  it('is not believed for another API, nor for its ID tokens', async () => {
    const { access_token: token, id_token: idToken } = await issuer.codeFlow('ES256');
    await assertRefused(await guarded('PS256'), token, 'token_invalid');
    await assertRefused(await guarded('ES256'), idToken, 'token_invalid');
    await assertRefused(await guarded('ES256', { requireTyp: 'at+jwt' }), idToken, 'token_invalid');
  });

  it('rotates its keys: the new one is believed, the old one no more', async () => {
    const app = await guarded('ES256');
    const [known, unseen] = [
      await issuer.clientCredentials('ES256'),
      await issuer.clientCredentials('ES256'),
    ];
    await assertAdmitted(app, known.access_token);
    await issuer.rotate();
    const fresh = await issuer.clientCredentials('ES256');
    assert.notEqual(
      decoded(fresh.access_token).header.kid,
      decoded(unseen.access_token).header.kid,
    );
    await assertAdmitted(app, fresh.access_token);
    await assertRefused(app, unseen.access_token, 'token_invalid');
  });
});
