import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { OAuth2Server } from 'oauth2-mock-server';
import { oidc } from '@patronus/nestjs/jwt';
import { assertAdmitted, assertGuarded, assertRefused, decoded } from './expectations.mjs';
import { guardedApp } from './guarded-app.mjs';

const AUDIENCE = 'https://api.novah.example';
const REDIRECT = 'https://app.novah.example/callback';

/** Asks the token endpoint. */
async function requestToken({ issuer }, parameters) {
  const answer = await fetch(`${issuer.url}/token`, {
    method: 'POST',
    body: new URLSearchParams(parameters),
  });
  assert.equal(answer.status, 200, await answer.clone().text());
  return answer.json();
}

/** The authorization code flow with PKCE (RFC 7636). */
async function codeFlow(server) {
  const verifier = randomBytes(48).toString('base64url');
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: 'web',
    redirect_uri: REDIRECT,
    scope: 'openid patients.read',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  const answer = await fetch(`${server.issuer.url}/authorize?${query}`, { redirect: 'manual' });
  const location = new URL(answer.headers.get('location'));
  assert.equal(location.origin + location.pathname, REDIRECT);
  return requestToken(server, {
    grant_type: 'authorization_code',
    client_id: 'web',
    redirect_uri: REDIRECT,
    code: location.searchParams.get('code'),
    code_verifier: verifier,
    scope: 'openid patients.read',
  });
}

/** Client credentials (RFC 6749, section 4.4), for a service with or without a name of its own. */
async function serviceToken(server, sub) {
  if (sub !== undefined) {
    server.service.once('beforeTokenSigning', ({ payload }) => (payload.sub = sub));
  }
  const parameters = { grant_type: 'client_credentials', aud: AUDIENCE, scope: 'patients.read' };
  return (await requestToken(server, parameters)).access_token;
}

/** The server takes its keys in turn. */
async function tokenSignedBy(server, kid) {
  for (const _ of server.issuer.keys.toJSON()) {
    const token = await serviceToken(server, 'service-1');
    if (decoded(token).header.kid === kid) return token;
  }
  throw new Error('none of the tokens is signed with that key');
}

describe('oauth2-mock-server', () => {
  let server;
  let app;

  before(async () => {
    server = new OAuth2Server();
    await server.issuer.keys.generate('RS256');
    await server.start(0, '127.0.0.1');
    // Its code flow names no audience of its own.
    server.service.on('beforeTokenSigning', ({ payload }) => (payload.aud ??= AUDIENCE));
    app = await guardedApp(oidc({ issuer: server.issuer.url, audience: AUDIENCE }));
  });

  after(async () => {
    await app?.close();
    await server?.stop();
  });

  it('is believed for what its code flow gives', async () => {
    const { access_token: token } = await codeFlow(server);
    assert.equal(decoded(token).header.alg, 'RS256');
    const identity = await assertGuarded(app, token);
    assert.equal(identity.id, 'johndoe');
    assert.equal(identity.issuer, server.issuer.url);
    assert.deepEqual(identity.scopes, ['openid', 'patients.read']);
    assert.deepEqual(identity.authenticationMethods, ['pwd']);
  });

  it('is not believed for its ID tokens, whose audience is the client', async () => {
    const { id_token: token } = await codeFlow(server);
    assert.equal(decoded(token).payload.aud, 'web');
    await assertRefused(app, token, 'token_invalid');
  });

  it('is not believed for tokens that have no subject', async () => {
    const token = await serviceToken(server);
    assert.equal(decoded(token).payload.sub, undefined);
    await assertRefused(app, token, 'token_invalid');
    const identity = await assertAdmitted(app, await serviceToken(server, 'service-1'));
    assert.equal(identity.id, 'service-1');
  });

  for (const algorithm of ['ES384', 'PS256', 'EdDSA']) {
    it(`is believed once it signs with ${algorithm} as well`, async () => {
      const provider = oidc({ issuer: server.issuer.url, audience: AUDIENCE });
      const running = await guardedApp(provider);
      try {
        await assertAdmitted(running, (await codeFlow(server)).access_token);
        const { kid } = await server.issuer.keys.generate(algorithm);
        await assertGuarded(running, await tokenSignedBy(server, kid));
      } finally {
        await running.close();
      }
    });
  }
});
