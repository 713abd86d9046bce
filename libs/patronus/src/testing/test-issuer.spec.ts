import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose';
import {
  auth0Claims,
  gcipClaims,
  keycloakClaims,
  TestIssuer,
  type TestAlgorithm,
} from './index.js';

let issuer: TestIssuer;

beforeEach(async () => {
  issuer = await TestIssuer.start({ algorithm: 'ES256', path: '/realms/novah' });
});

afterEach(() => issuer.stop());

async function json(url: string): Promise<unknown> {
  return (await fetch(url)).json();
}

async function keySet(): Promise<JSONWebKeySet> {
  return Object.assign({ keys: [] }, await json(issuer.jwksUri));
}

describe('TestIssuer', () => {
  it('serves its discovery document and its keys, and counts', async () => {
    const metadata = await json(`${issuer.url}/.well-known/openid-configuration`);
    expect(issuer.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/realms\/novah$/);
    expect(metadata).toEqual({ issuer: issuer.url, jwks_uri: issuer.jwksUri });
    expect(await json(issuer.jwksUri)).toEqual({ keys: [issuer.key.jwk] });
    expect(issuer.fetches).toEqual({ discovery: 1, jwks: 1 });
    expect((await fetch(`${issuer.url}/other`)).status).toBe(404);
  });

  it('signs tokens whose claims and header can be changed and left out', async () => {
    const token = await issuer.token(
      { sub: 'ana', aud: undefined },
      { header: { typ: 'at+jwt', kid: undefined }, expiresIn: 10 },
    );
    const { payload, protectedHeader } = await jwtVerify(token, createLocalJWKSet(await keySet()));
    expect(protectedHeader).toEqual({ alg: 'ES256', typ: 'at+jwt' });
    expect(payload).toEqual({
      iss: issuer.url,
      sub: 'ana',
      iat: expect.any(Number),
      exp: (payload.iat ?? 0) + 10,
    });
  });

  it.each<TestAlgorithm>(['RS256', 'PS384', 'ES384', 'ES512', 'EdDSA'])(
    'signs %s as RFC 7518 says',
    async (algorithm) => {
      const key = await issuer.addKey({ algorithm });
      const keys = createLocalJWKSet(await keySet());
      await expect(jwtVerify(await issuer.token({}, { key }), keys)).resolves.toBeDefined();
    },
  );

  it('rotates with and without the old key', async () => {
    const first = issuer.key.kid;
    const second = (await issuer.rotate({ keepOld: true })).kid;
    expect((await keySet()).keys).toMatchObject([{ kid: first }, { kid: second }]);
    const third = (await issuer.rotate()).kid;
    expect((await keySet()).keys).toMatchObject([{ kid: first }, { kid: third }]);
  });

  it('fails in every way it is told, and recovers', async () => {
    issuer.outage('refuse');
    await expect(fetch(issuer.jwksUri)).rejects.toThrow();
    issuer.outage('hang');
    await expect(fetch(issuer.jwksUri, { signal: AbortSignal.timeout(50) })).rejects.toThrow();
    issuer.outage('error');
    expect((await fetch(issuer.jwksUri)).status).toBe(500);
    issuer.outage('html');
    expect(await (await fetch(issuer.jwksUri)).text()).toContain('<html>');
    issuer.outage('huge');
    expect((await (await fetch(issuer.jwksUri)).text()).length).toBeGreaterThan(1024 * 1024);
    issuer.outage('redirect');
    expect((await fetch(issuer.jwksUri)).redirected).toBe(true);
    issuer.recover();
    expect((await fetch(issuer.jwksUri)).redirected).toBe(false);
  });
});

describe('claim shapes', () => {
  it('look as the vendors make them', () => {
    expect(gcipClaims({ projectId: 'novah', tenant: 'acme' })).toMatchObject({
      iss: 'https://securetoken.google.com/novah',
      aud: 'novah',
      firebase: { tenant: 'acme', sign_in_provider: 'password' },
    });
    expect(
      auth0Claims({ domain: 'novah.eu.auth0.com', audience: 'api', organization: 'org_1' }),
    ).toMatchObject({ iss: 'https://novah.eu.auth0.com/', org_id: 'org_1' });
    expect(
      keycloakClaims({ issuer: 'https://sso/realms/x', clientId: 'web', clientRoles: ['admin'] }),
    ).toMatchObject({ azp: 'web', typ: 'Bearer', resource_access: { web: { roles: ['admin'] } } });
  });
});
