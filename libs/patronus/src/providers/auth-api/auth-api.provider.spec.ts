import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { PatronusErrorCode } from '../../errors/error-codes.js';
import { jwtLike } from '../../../../../test/fixtures/jwt-like.js';
import { json, OUTAGES, page, TokenServer } from '../../../../../test/fixtures/token-server.js';
import { authApi, type AuthApiOptions } from './index.js';

const NOW = Date.UTC(2030, 0, 1) / 1000;
const ANA = { id: 'ana', email: 'ana@novah.example', role: 'doctor' };

let server: TokenServer;
beforeEach(async () => {
  jest.spyOn(Date, 'now').mockReturnValue(NOW * 1000);
  server = await TokenServer.start(json(ANA));
});
afterEach(async () => {
  jest.restoreAllMocks();
  await server.stop();
});

const api = (options: Partial<AuthApiOptions> = {}) => authApi({ url: server.url, ...options });
const authenticate = (token = 'opaque', by = api()) => by.authenticate({ scheme: 'bearer', token });

async function expectRefusal(code: PatronusErrorCode, token = 'opaque-token-of-ana', by = api()) {
  const error: unknown = await authenticate(token, by).catch((thrown: unknown) => thrown);
  const retryAfter = code === 'provider_unavailable' ? 5 : undefined;
  expect(error).toMatchObject({ name: 'PatronusError', code, retryAfter });
  expect(JSON.stringify(error)).not.toContain(token);
}

describe('a token that the Auth API knows', () => {
  it('is sent as it came, and becomes an identity with the answer as its claims', async () => {
    const identity = await authenticate('opaque');
    expect(server.asked).toMatchObject([
      {
        method: 'GET',
        url: '/api/me/',
        headers: { authorization: 'Bearer opaque', accept: 'application/json' },
      },
    ]);
    expect(identity).toMatchObject({
      id: 'ana',
      issuer: server.url,
      provider: 'auth-api',
      email: 'ana@novah.example',
      roles: ['doctor'],
      claims: ANA,
    });
    expect(Object.isFrozen(identity.claims)).toBe(true);
  });

  it.each([
    [{ id: 7 }, { id: '7', roles: [], isService: false }],
    [{ id: 'a', roles: ['x', 'y'] }, { roles: ['x', 'y'] }],
    [{ id: 'a', role: 'x', roles: ['y', 'x'] }, { roles: ['x', 'y'] }],
    [{ id: 'a', roles: 'x' }, { roles: ['x'] }],
    [{ id: 'a', role: null, roles: [1, 'y'] }, { roles: ['y'] }],
    [
      { sub: 'a', client_id: 'web' },
      { id: 'a', isService: false },
    ],
    [
      { id: 'web', client_id: 'web' },
      { id: 'web', isService: true },
    ],
    [{ client_id: 'billing' }, { id: 'billing', isService: true }],
    [
      { id: null, azp: 'billing' },
      { id: 'billing', isService: true },
    ],
    [
      { id: 'a', permissions: 'p.read q.read', scope: '', scp: 'x y' },
      { permissions: ['p.read', 'q.read'], scopes: ['x', 'y'] },
    ],
    [
      { id: 'a', name: 'Ana', permissions: ['p'] },
      { name: 'Ana', permissions: ['p'] },
    ],
  ])('is read from %j', async (answer, fields) => {
    server.behaviour = json(answer);
    expect(await authenticate()).toMatchObject(fields);
  });

  it.each([
    ['tenant', { role: 'rvt' }, { roles: ['rvt'], platformRoles: [] }],
    ['platform', { role: 'admin' }, { roles: [], platformRoles: ['admin'] }],
    ['platform', { role: 'admin', roles: ['rvt'] }, { roles: ['rvt'], platformRoles: ['admin'] }],
    [
      undefined,
      { role: 'rvt', platform_roles: ['admin'] },
      { roles: ['rvt'], platformRoles: ['admin'] },
    ],
    [
      undefined,
      { role: 'admin', platform_roles: ['admin', 'staff'] },
      { roles: [], platformRoles: ['admin', 'staff'] },
    ],
    [
      'platform',
      { role: 'admin', platform_roles: ['admin'] },
      { roles: [], platformRoles: ['admin'] },
    ],
  ] as const)('gets the authority of its role: %s, %j', async (roleAuthority, said, fields) => {
    server.behaviour = json({ id: 'ana', ...said });
    expect(await authenticate('opaque', api({ roleAuthority }))).toMatchObject(fields);
  });

  it('gets its tenant from mapClaims, which changes neither who it is nor when it ends', async () => {
    server.behaviour = json({ ...ANA, empresa_id: 'north' });
    const forbidden = { id: 'root', issuer: 'https://evil', provider: 'evil', expiresAt: Infinity };
    const mapClaims = (claims: Readonly<Record<string, unknown>>) => ({
      tenantId: String(claims['empresa_id']),
      ...forbidden,
    });
    expect(await authenticate('opaque', api({ mapClaims }))).toMatchObject({
      id: 'ana',
      issuer: server.url,
      provider: 'auth-api',
      tenantId: 'north',
      expiresAt: NOW + 60,
    });
  });

  it.each([
    ['its ttl', {}, 'opaque', 60],
    ['its own exp', {}, jwtLike({ exp: NOW + 20 }), 20],
    ['the exp of the answer', { exp: NOW + 10 }, jwtLike({ exp: NOW + 20 }), 10],
    ['its ttl, where it says more', { exp: NOW + 900 }, jwtLike({ exp: NOW + 900 }), 60],
    ['its ttl, where its exp is none', {}, jwtLike({ exp: 'never' }), 60],
  ])('ends with %s', async (_, more, token, seconds) => {
    server.behaviour = json({ ...ANA, ...more });
    expect((await authenticate(token)).expiresAt).toBe(NOW + seconds);
  });

  it('is bound and named by what it says of itself, where the answer says nothing', async () => {
    const token = jwtLike({ jti: 'token-1', iat: NOW - 5, cnf: { jkt: 'thumb' }, sub: 'eva' });
    expect(await authenticate(token)).toMatchObject({
      id: 'ana',
      tokenId: 'token-1',
      issuedAt: NOW - 5,
      confirmation: { jkt: 'thumb' },
    });
    server.behaviour = json({ ...ANA, jti: 'token-2' });
    expect(await authenticate(token)).toMatchObject({ tokenId: 'token-2' });
  });
});

describe('a token that the Auth API does not know', () => {
  it.each([401, 403])('is refused: %i', async (status) => {
    server.behaviour = page(status);
    await expectRefusal('token_invalid');
  });

  it('is refused where it is over, without a question', async () => {
    await expectRefusal('token_expired', jwtLike({ exp: NOW }));
    expect(server.asked).toEqual([]);
    server.behaviour = json({ ...ANA, exp: NOW });
    await expectRefusal('token_expired');
  });

  it('is refused where it is none, without a question', async () => {
    for (const token of ['', 'a b', 'a\r\nx: y', 'é', 'x'.repeat(16 * 1024 + 1)]) {
      await expect(authenticate(token)).rejects.toMatchObject({ code: 'token_malformed' });
    }
    expect(server.asked).toEqual([]);
  });

  it('is refused where the API says that it ends at no time', async () => {
    server.behaviour = json({ ...ANA, exp: '2030-01-01' });
    await expectRefusal('token_invalid');
  });

  it('is refused where the API does not take one so long', async () => {
    server.behaviour = page(431);
    await expectRefusal('token_invalid');
  });
});

describe('an Auth API that gives no answer', () => {
  it.each([
    ...OUTAGES,
    ...[
      { id: '', client_id: 'web' },
      { client_id: 'web', sid: 's' },
      { id: 1.5 },
      { id: 2 ** 53 },
      { id: null },
      { id: ['ana'] },
      { id: 'a\0' },
    ].map((answer) => [JSON.stringify(answer), json(answer)] as const),
    ['400', page(400)],
  ])('says nothing of a token: %s', async (_, behaviour) => {
    server.behaviour = behaviour;
    const by = api();
    await expectRefusal('provider_unavailable', 'opaque-token-of-ana', by);
    server.behaviour = json(ANA);
    expect((await authenticate('opaque-token-of-ana', by)).id).toBe('ana');
  });

  it('says nothing where it is gone', async () => {
    await server.stop();
    await expectRefusal('provider_unavailable');
    await server.listen();
    expect((await authenticate()).id).toBe('ana');
  });

  it.each([
    ['404', page(404), 'Check authApi.url and authApi.path.'],
    [
      'an object of something else',
      json({ status: 'up' }),
      'Let the Auth API return "id" or "sub", or',
    ],
  ])('names the options to check: %s', async (_what, behaviour, remedy) => {
    server.behaviour = behaviour;
    await expect(authenticate()).rejects.toHaveProperty('remedy', expect.stringContaining(remedy));
  });

  it('never has a token sent elsewhere', async () => {
    const elsewhere = await TokenServer.start(json(ANA));
    server.behaviour = (_asked, response) =>
      void response.writeHead(307, { location: `${elsewhere.url}/api/me/` }).end();
    await expectRefusal('provider_unavailable');
    expect(elsewhere.asked).toEqual([]);
    await elsewhere.stop();
  });
});

describe('the options of authApi', () => {
  it('name the path, and the issuer that tokens are routed by', async () => {
    expect(api().issuers).toEqual([]);
    const by = api({ url: `${server.url}/auth/`, path: '/who?full=1', issuer: 'https://novah' });
    expect(by.issuers).toEqual(['https://novah']);
    expect((await authenticate('opaque', by)).issuer).toBe('https://novah');
    expect(server.asked[0]?.url).toBe('/auth/who?full=1');
  });

  it.each<[Partial<AuthApiOptions>, string]>([
    [{ url: 'http://auth.example.com' }, 'authApi.url: is not an https URL.'],
    [{ url: 'https://auth.example.com?x' }, 'authApi.url: has a query.'],
    [{ path: 'api/me' }, 'authApi.path: is not a path below the URL.'],
    [{ path: '//evil.example/' }, 'authApi.path: is not a path below the URL.'],
    [{ path: '@evil.example/' }, 'authApi.path: is not a path below the URL.'],
    [{ path: '/\\evil.example/' }, 'authApi.path: is not a path below the URL.'],
    [{ issuer: '' }, 'authApi.issuer: is missing'],
    [{ mapClaims: JSON.parse('{}') }, 'authApi.mapClaims: is not a function.'],
    [JSON.parse('{"roleAuthority":"both"}'), 'authApi.roleAuthority: is neither tenant nor'],
    [{ cache: { ttl: 0 } }, 'authApi.cache.ttl: is not a whole number over 0.'],
    [JSON.parse('{"pathh":"/me"}'), 'authApi.pathh: is not an option. Did you mean "path"?'],
  ])('are checked: %j', (options, message) => {
    expect(() => api(options)).toThrow(message);
  });
});
