import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { PatronusConfigurationError } from '../../errors/configuration.error.js';
import { TestIssuer } from '../../testing/index.js';
import { oidc, type OidcOptions } from './index.js';

let issuer: TestIssuer;

beforeEach(async () => {
  issuer = await TestIssuer.start({ algorithm: 'ES256', path: '/id' });
});

afterEach(async () => {
  jest.restoreAllMocks();
  await issuer.stop();
});

async function identityOf(claims: object, options: Partial<OidcOptions> = {}) {
  const provider = oidc({ issuer: issuer.url, audience: 'test', ...options });
  return provider.authenticate({ scheme: 'bearer', token: await issuer.token({ ...claims }) });
}

describe('discovery', () => {
  it('happens once, with the first token or at warm-up', async () => {
    const provider = oidc({ issuer: issuer.url, audience: ['a', 'test'] });
    expect(provider.issuers).toEqual([issuer.url]);
    await provider.warmUp();
    const tokens = await Promise.all(Array.from({ length: 20 }, () => issuer.token()));
    await Promise.all(tokens.map((token) => provider.authenticate({ scheme: 'bearer', token })));
    expect(issuer.fetches).toEqual({ discovery: 1, jwks: 1 });
  });

  it('works for an issuer that ends with a slash', async () => {
    const slashed = await TestIssuer.start({ algorithm: 'ES256' });
    slashed.announce({ issuer: `${slashed.url}/` });
    const provider = oidc({ issuer: `${slashed.url}/`, audience: 'test' });
    const token = await slashed.token({ iss: `${slashed.url}/` });
    await expect(provider.authenticate({ scheme: 'bearer', token })).resolves.toBeDefined();
    await slashed.stop();
  });

  it.each<[string, object]>([
    ['another issuer', { issuer: 'https://evil.example' }],
    ['the issuer with a slash', { issuer: 'http://127.0.0.1/' }],
    ['no issuer', { issuer: undefined }],
    ['no jwks_uri', { jwks_uri: undefined }],
    ['a jwks_uri without TLS', { jwks_uri: 'http://keys.example/jwks' }],
    ['a jwks_uri that is a file', { jwks_uri: 'file:///etc/passwd' }],
    ['a jwks_uri that is no URL', { jwks_uri: 7 }],
  ])('that names %s is not believed', async (_what, metadata) => {
    issuer.announce(metadata);
    const provider = oidc({ issuer: issuer.url, audience: 'test' });
    await expect(provider.warmUp()).rejects.toMatchObject({
      code: 'provider_unavailable',
      reason: expect.stringContaining('/.well-known/openid-configuration'),
    });
    expect(issuer.fetches.jwks).toBe(0);
  });

  it('is asked again after an hour', async () => {
    const start = Date.now();
    const clock = jest.spyOn(Date, 'now').mockReturnValue(start);
    const provider = oidc({ issuer: issuer.url, audience: 'test' });
    await provider.warmUp();
    clock.mockReturnValue(start + 3_599_000);
    await provider.warmUp();
    expect(issuer.fetches).toEqual({ discovery: 1, jwks: 2 });
    clock.mockReturnValue(start + 3_601_000);
    await provider.warmUp();
    expect(issuer.fetches).toEqual({ discovery: 2, jwks: 3 });
  });

  it('is tried again after an outage, at most twice a window', async () => {
    let now = Date.now();
    jest.spyOn(Date, 'now').mockImplementation(() => now);
    const provider = oidc({ issuer: issuer.url, audience: 'test' });
    const token = await issuer.token();
    const attempt = () => provider.authenticate({ scheme: 'bearer', token });
    issuer.outage('error');
    for (let i = 0; i < 5; i += 1) {
      await expect(attempt()).rejects.toMatchObject({ code: 'provider_unavailable' });
    }
    expect(issuer.fetches).toEqual({ discovery: 2, jwks: 0 });
    issuer.recover();
    now += 10_000;
    await expect(attempt()).resolves.toBeDefined();
  });

  it('is asked anew when the keys have moved', async () => {
    let now = Date.now();
    jest.spyOn(Date, 'now').mockImplementation(() => now);
    const old = await TestIssuer.start({ algorithm: 'ES256' });
    issuer.announce({ jwks_uri: old.jwksUri });
    const provider = oidc({ issuer: issuer.url, audience: 'test' });
    await provider.warmUp();
    await old.stop();
    issuer.announce({});
    await provider.warmUp().catch(() => undefined);
    now += 10_000;
    const token = await issuer.token();
    await expect(provider.authenticate({ scheme: 'bearer', token })).resolves.toBeDefined();
  });
});

describe('the mapping', () => {
  it('takes the claims that all vendors share', async () => {
    const identity = await identityOf({
      sub: 'ana',
      email: 'ana@novah.example',
      email_verified: true,
      name: 'Ana',
      roles: ['doctor'],
      permissions: ['patients.read'],
      platform_roles: ['operator'],
      platform_permissions: ['tenants.read'],
      scope: 'openid  patients',
      sid: 's-1',
      auth_time: 1700000000,
      amr: ['pwd', 'otp'],
    });
    expect(identity).toMatchObject({
      id: 'ana',
      email: 'ana@novah.example',
      emailVerified: true,
      name: 'Ana',
      roles: ['doctor'],
      permissions: ['patients.read'],
      platformRoles: ['operator'],
      platformPermissions: ['tenants.read'],
      scopes: ['openid', 'patients'],
      sessionId: 's-1',
      authenticatedAt: 1700000000,
      authenticationMethods: ['pwd', 'otp'],
      tenantId: undefined,
    });
  });

  it('ignores claims of the wrong type', async () => {
    const identity = await identityOf({
      email: ['ana@novah.example'],
      email_verified: 'true',
      name: { first: 'Ana' },
      roles: ['doctor', 7, null, '', { role: 'admin' }, ['admin']],
      permissions: { 'patients.read': true },
      platform_roles: { operator: true },
      scope: 7,
      sid: 9,
      auth_time: '1700000000',
      amr: { pwd: true },
    });
    expect(identity).toMatchObject({ roles: ['doctor'], permissions: [], platformRoles: [] });
    expect(identity).toMatchObject({ scopes: [], authenticationMethods: [] });
    for (const field of [
      'email',
      'emailVerified',
      'name',
      'sessionId',
      'authenticatedAt',
    ] as const) {
      expect(identity[field]).toBeUndefined();
    }
  });

  it('reads scp as a list and as text', async () => {
    expect((await identityOf({ scp: ['a', 'b'] })).scopes).toEqual(['a', 'b']);
    expect((await identityOf({ scp: 'a b' })).scopes).toEqual(['a', 'b']);
  });

  it.each([
    ['its own subject', { sub: 'worker', client_id: 'worker' }, true],
    ['that of a person', { sub: 'ana', client_id: 'worker' }, false],
    ['its own subject, of another type', { sub: '7', client_id: 7 }, false],
    ['its own subject, by azp', { sub: 'worker', azp: 'worker' }, true],
    ['unknown', { sub: 'worker' }, false],
  ])('knows a service by its client: %s', async (_what, claims, isService) => {
    expect(await identityOf(claims)).toMatchObject({ isService });
  });

  it('gives platform authority from its own claims only', async () => {
    const identity = await identityOf({ roles: ['operator'], permissions: ['*'] });
    expect(identity).toMatchObject({ platformRoles: [], platformPermissions: [] });
  });

  it('takes names of prototype members as names, and no more', async () => {
    const names = ['__proto__', 'constructor', 'prototype', 'hasOwnProperty'];
    const identity = await identityOf({ roles: names, permissions: names });
    expect(identity.roles).toEqual(names);
    const token = issuer.key.sign(
      JSON.stringify({ alg: 'ES256', kid: issuer.key.kid }),
      `{"iss":"${issuer.url}","aud":"test","sub":"ana","exp":4102444800,"__proto__":{"roles":["admin"]}}`,
    );
    const provider = oidc({ issuer: issuer.url, audience: 'test' });
    const polluted = await provider.authenticate({ scheme: 'bearer', token });
    expect(polluted.roles).toEqual([]);
    expect('roles' in Object.prototype).toBe(false);
  });

  it('reads nothing that a polluted prototype says', async () => {
    Reflect.defineProperty(Object.prototype, 'roles', { value: ['admin'], configurable: true });
    try {
      expect((await identityOf({ roles: undefined })).roles).toEqual([]);
    } finally {
      Reflect.deleteProperty(Object.prototype, 'roles');
    }
  });

  it('is extended by mapClaims, which never changes who someone is', async () => {
    const stated = { id: 'root', issuer: 'evil', provider: 'evil', expiresAt: 9e9, claims: {} };
    const mapClaims = (claims: Readonly<Record<string, unknown>>) => ({
      tenantId: String(claims['empresa_id']),
      roles: ['mapped'],
      ...stated,
    });
    const identity = await identityOf({ sub: 'ana', empresa_id: 7, name: 'Ana' }, { mapClaims });
    expect(identity).toMatchObject({
      id: 'ana',
      issuer: issuer.url,
      provider: 'oidc',
      tenantId: '7',
      roles: ['mapped'],
      name: 'Ana',
      claims: { empresa_id: 7 },
    });
    expect(identity.expiresAt).toBe(identity.claims['exp']);
  });
});

describe('the options', () => {
  const good = { issuer: 'https://id.example', audience: 'api' };

  it.each([
    'https://id.example',
    'http://localhost:8080/x',
    'http://127.0.0.1:1',
    'http://auth.localhost:1',
    'http://[::1]:1',
  ])('take the issuer %s', (url) => {
    expect(oidc({ ...good, issuer: url }).issuers).toEqual([url]);
  });

  it.each<[string, object]>([
    ['oidc.issuer', { issuer: undefined }],
    ['oidc.issuer', { issuer: '' }],
    ['oidc.issuer', { issuer: 'id.example' }],
    ['oidc.issuer', { issuer: 'http://id.example' }],
    ['oidc.issuer', { issuer: 'http://localhost.evil.example' }],
    ['oidc.issuer', { issuer: 'http://127.0.0.1@evil.example' }],
    ['oidc.issuer', { issuer: 'https://user:secret@id.example' }],
    ['oidc.issuer', { issuer: ' https://id.example' }],
    ['oidc.issuer', { issuer: 'file:///id' }],
    ['oidc.issuer', { issuer: 'https://id.example/?a=b' }],
    ['oidc.issuer', { issuer: 'https://id.example/?' }],
    ['oidc.issuer', { issuer: 'http://keycloak', insecureHosts: ['other'] }],
    ['oidc.insecureHosts', { insecureHosts: ['keycloak:8080'] }],
    ['oidc.insecureHosts', { insecureHosts: 'keycloak' }],
    ['oidc.dispatcher', { dispatcher: {} }],
    ['oidc.audience', { audience: undefined }],
    ['oidc.audience', { audience: '' }],
    ['oidc.audience', { audience: [] }],
    ['oidc.audience', { audience: ['api', ''] }],
    ['oidc.audience', { audience: /api/ }],
    ['oidc.jwksUri', { jwksUri: 'http://keys.example' }],
    ['oidc.algorithms', { algorithms: [] }],
    ['oidc.algorithms', { algorithms: ['HS256'] }],
    ['oidc.algorithms', { algorithms: ['RS256', 'none'] }],
    ['oidc.algorithms', { algorithms: ['ES256K'] }],
    ['oidc.algorithms', { algorithms: 'RS256' }],
    ['oidc.clockTolerance', { clockTolerance: -1 }],
    ['oidc.clockTolerance', { clockTolerance: 301 }],
    ['oidc.clockTolerance', { clockTolerance: Number.NaN }],
    ['oidc.clockTolerance', { clockTolerance: '5' }],
    ['oidc.requireTyp', { requireTyp: '' }],
    ['oidc.mapClaims', { mapClaims: 'sub' }],
  ])('name the mistake in %s: %j', (path, mistake) => {
    const options: OidcOptions = Object.assign({}, good, mistake);
    let thrown: unknown;
    try {
      oidc(options);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(PatronusConfigurationError);
    expect(thrown).toMatchObject({ path, message: expect.stringMatching(/\. (Give|Use|Choose)/) });
  });
});
