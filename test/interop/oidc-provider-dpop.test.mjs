import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { oidc } from '@patronus/nestjs/jwt';
import { DPoPKey } from './dpop-key.mjs';
import { assertAdmitted, decoded, mutated } from './expectations.mjs';
import { guardedApp } from './guarded-app.mjs';
import { OidcIssuer, resourceOf } from './oidc-provider.mjs';

describe('oidc-provider with tokens that are bound to a key', () => {
  let issuer;
  let app;
  let key;
  let token;

  before(async () => {
    issuer = await OidcIssuer.start(['ES256', 'RS256']);
    app = await guardedApp(oidc({ issuer: issuer.url, audience: resourceOf('ES256') }));
    key = await DPoPKey.generate();
    const answer = await issuer.codeFlow('ES256', await key.proof('POST', `${issuer.url}/token`));
    assert.equal(answer.token_type, 'DPoP');
    token = answer.access_token;
  });

  after(async () => {
    await app?.close();
    await issuer?.server.close();
  });

  const present = async (one, by, presented = one) => {
    const headers = await by.proof('GET', app.url, one);
    return { authorization: `DPoP ${presented}`, ...headers };
  };

  it('believes them with their proof', async () => {
    assert.equal(typeof decoded(token).payload.cnf.jkt, 'string');
    const identity = await assertAdmitted(app, undefined, await present(token, key));
    assert.equal(identity.id, 'ana');
    await assertAdmitted(app, undefined, await present(token, key));
  });

  it('refuses them as bearer tokens', async () => {
    const { status, body } = await app.ask(token);
    assert.deepEqual([status, body.code], [401, 'dpop_proof_missing']);
  });

  it('refuses them with no proof, a used one, and one of another key', async () => {
    const used = await present(token, key);
    await assertAdmitted(app, undefined, used);
    for (const [headers, code] of [
      [{ authorization: `DPoP ${token}` }, 'dpop_proof_missing'],
      [used, 'dpop_proof_invalid'],
      [await present(token, await DPoPKey.generate()), 'dpop_proof_invalid'],
      [await present(token, key, mutated(token)), 'token_invalid'],
    ]) {
      const { status, body } = await app.ask(undefined, headers);
      assert.deepEqual([status, body.code], [401, code]);
    }
  });
});
