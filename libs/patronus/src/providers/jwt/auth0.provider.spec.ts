import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { auth0Claims, TestIssuer, type TestClaims } from '../../testing/index.js';
import { auth0, type Auth0Options } from './index.js';

const domain = 'novah.eu.auth0.com';
const audience = 'https://api.novah.example';
const namespace = 'https://novah.example/';
let issuer: TestIssuer;

beforeAll(async () => {
  issuer = await TestIssuer.start({ issuer: `https://${domain}/` });
});

afterAll(() => issuer.stop());

async function identityOf(claims: TestClaims, options?: Partial<Auth0Options>) {
  const provider = auth0({ domain, audience, jwksUri: issuer.jwksUri, ...options });
  return provider.authenticate({ scheme: 'bearer', token: await issuer.token(claims) });
}

describe('auth0', () => {
  it('reads an access token of an organization', async () => {
    const claims = auth0Claims({
      domain,
      audience,
      organization: 'org_1',
      permissions: ['patients.read'],
      claims: { [`${namespace}roles`]: ['doctor'], [`${namespace}email`]: 'ana@novah.example' },
    });
    await expect(identityOf(claims, { namespace })).resolves.toMatchObject({
      id: 'auth0|65f1c0ffee0123456789abcd',
      issuer: `https://${domain}/`,
      provider: 'auth0',
      tenantId: 'org_1',
      permissions: ['patients.read'],
      scopes: ['openid', 'profile', 'email'],
      roles: ['doctor'],
      email: 'ana@novah.example',
    });
    expect((await identityOf(claims)).roles).toEqual([]);
  });

  it.each(['https://novah.example', 'https://novah.example/'])(
    'reads the claims of the namespace %s, a single role included',
    async (given) => {
      const claims = {
        'https://novah.example/roles': 'doctor',
        'https://novah.example/email': 'ana@novah.example',
        roles: ['other'],
      };
      const shape = auth0Claims({ domain, audience, claims });
      await expect(identityOf(shape, { namespace: given })).resolves.toMatchObject({
        roles: ['doctor'],
        email: 'ana@novah.example',
      });
    },
  );

  it('takes a namespace that ends otherwise as it stands', async () => {
    const shape = auth0Claims({ domain, audience, claims: { novah_roles: ['doctor'] } });
    expect((await identityOf(shape, { namespace: 'novah_' })).roles).toEqual(['doctor']);
  });

  it('gives no platform authority by a namespaced claim', async () => {
    const claims = { [`${namespace}platform_roles`]: ['operator'] };
    const identity = await identityOf(auth0Claims({ domain, audience, claims }), { namespace });
    expect(identity.platformRoles).toEqual([]);
  });

  it('refuses an ID token, and a token for another API', async () => {
    const idToken = auth0Claims({ domain, audience, claims: { at_hash: 'x' } });
    await expect(identityOf(idToken)).rejects.toMatchObject({ reason: 'an ID token' });
    const other = auth0Claims({ domain, audience: 'https://other.example' });
    await expect(identityOf(other)).rejects.toMatchObject({ code: 'token_invalid' });
  });

  it.each<[string, object]>([
    ['auth0.domain', { domain: 'https://novah.eu.auth0.com' }],
    ['auth0.domain', { domain: 'novah.eu.auth0.com/' }],
    ['auth0.domain', { domain: undefined }],
    ['auth0.audience', { audience: undefined }],
    ['auth0.namespace', { namespace: '' }],
    ['auth0.algorithms', { algorithms: ['HS256'] }],
  ])('names the mistake in %s: %j', (path, mistake) => {
    const options: Auth0Options = Object.assign({ domain, audience }, mistake);
    expect(() => auth0(options)).toThrow(expect.objectContaining({ path }));
  });
});
