import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { PatronusErrorCode } from '../../errors/error-codes.js';
import { jwtLike } from '../../../../../test/fixtures/jwt-like.js';
import { json, OUTAGES, page, TokenServer } from '../../../../../test/fixtures/token-server.js';
import { introspection, type IntrospectionOptions } from './index.js';

const NOW = Date.UTC(2030, 0, 1) / 1000;
const ACTIVE = { active: true, sub: 'ana' };

let server: TokenServer;
beforeEach(async () => {
  jest.spyOn(Date, 'now').mockReturnValue(NOW * 1000);
  server = await TokenServer.start(json(ACTIVE));
});
afterEach(async () => {
  jest.restoreAllMocks();
  await server.stop();
});

type Options = Partial<Omit<IntrospectionOptions, 'clientAuthentication' | 'key' | 'clientSecret'>>;

const endpoint = (options: Options = {}) =>
  introspection({
    url: `${server.url}/introspect`,
    clientId: 'clinic',
    clientSecret: 'secret',
    ...options,
  });
const authenticate = (by = endpoint(), token = 'opaque') =>
  by.authenticate({ scheme: 'bearer', token });

async function expectRefusal(code: PatronusErrorCode, by = endpoint(), reason = '') {
  const token = 'opaque-token-of-ana';
  const error: unknown = await authenticate(by, token).catch((thrown: unknown) => thrown);
  const retryAfter = code === 'provider_unavailable' ? 5 : undefined;
  expect(error).toMatchObject({ name: 'PatronusError', code, retryAfter });
  expect(error).toHaveProperty('reason', expect.stringContaining(reason));
  const told = JSON.stringify(error);
  for (const secret of [token, 'secret']) expect(told).not.toContain(secret);
}

describe('an active token', () => {
  it('is asked about as RFC 7662 says', async () => {
    await authenticate(endpoint(), 'a+b/c==');
    expect(server.asked).toMatchObject([
      {
        method: 'POST',
        url: '/introspect',
        headers: {
          accept: 'application/json',
          'content-type': 'application/x-www-form-urlencoded',
        },
        body: 'token=a%2Bb%2Fc%3D%3D&token_type_hint=access_token',
      },
    ]);
  });

  it('becomes an identity, with the standard members mapped', async () => {
    const answer = {
      ...ACTIVE,
      client_id: 'app',
      username: 'somebody',
      scope: 'notes.read notes.write',
      token_type: 'Bearer',
      iss: 'https://id.novah.example',
      aud: 'api',
      jti: 'token-1',
      iat: NOW - 5,
      exp: NOW + 20,
      cnf: { jkt: 'thumb' },
      email: 'ana@novah.example',
      roles: ['doctor'],
      sid: 'session-1',
    };
    server.behaviour = json(answer);
    expect(await authenticate()).toMatchObject({
      id: 'ana',
      issuer: 'https://id.novah.example',
      provider: 'introspection',
      isService: false,
      scopes: ['notes.read', 'notes.write'],
      tokenId: 'token-1',
      issuedAt: NOW - 5,
      expiresAt: NOW + 20,
      confirmation: { jkt: 'thumb' },
      email: 'ana@novah.example',
      roles: ['doctor'],
      sessionId: 'session-1',
      claims: answer,
    });
  });

  it.each([
    ['no sub', { client_id: 'app' }],
    ['a sub that is null', { sub: null, client_id: 'app' }],
    ['the client as its sub', { sub: 'app', client_id: 'app' }],
    ['azp alone', { azp: 'app' }],
  ])('speaks for a client, with %s', async (_, members) => {
    server.behaviour = json({ active: true, ...members });
    expect(await authenticate()).toMatchObject({ id: 'app', isService: true });
  });

  it.each<[object, IntrospectionOptions['subjectFallback'], id: string, isService: boolean]>([
    [{ username: 'ana' }, 'username', 'ana', false],
    [{ username: 'ana', client_id: 'ana' }, 'username', 'ana', false],
    [{ username: 'ana', client_id: 'app' }, ['username', 'client_id'], 'ana', false],
    [{ username: 'ana', client_id: 'app' }, ['client_id', 'username'], 'app', true],
    [{ username: null, client_id: 'app' }, ['username', 'client_id'], 'app', true],
    [{ username: 'ana', client_id: 'app' }, undefined, 'app', true],
    [{ sub: '42', username: 'ana' }, 'username', '42', false],
  ])('names its caller as the options say: %j by %j', async (members, fallback, id, isService) => {
    server.behaviour = json({ active: true, ...members });
    const by = endpoint({ subjectFallback: fallback });
    expect(await authenticate(by)).toMatchObject({ id, isService });
  });

  it.each([{ client_id: 'app' }, { username: 7, client_id: 'app' }, { sub: 7, username: 'ana' }])(
    'names no other caller than the options say: %j',
    async (members) => {
      server.behaviour = json({ active: true, ...members });
      const fallback = 'username' in members ? (['username', 'client_id'] as const) : 'username';
      await expectRefusal('token_invalid', endpoint({ subjectFallback: fallback }));
    },
  );

  it('is vouched for by the issuer of the options, of the answer, or by the server', async () => {
    expect((await authenticate()).issuer).toBe(server.url);
    server.behaviour = json({ ...ACTIVE, iss: 'https://a' });
    expect((await authenticate()).issuer).toBe('https://a');
    expect((await authenticate(endpoint({ issuer: 'https://a' }))).issuer).toBe('https://a');
  });

  it('gets its tenant from mapClaims, which does not change who it is', async () => {
    server.behaviour = json({ ...ACTIVE, empresa_id: 'north' });
    const forbidden = { id: 'root', expiresAt: Infinity };
    const mapClaims = (answer: Readonly<Record<string, unknown>>) => ({
      tenantId: String(answer['empresa_id']),
      ...forbidden,
    });
    expect(await authenticate(endpoint({ mapClaims }))).toMatchObject({
      id: 'ana',
      tenantId: 'north',
      expiresAt: NOW + 60,
    });
  });
});

const NOT_GOOD: readonly [object, Options, PatronusErrorCode, good: object | undefined][] = [
  [{ active: false }, {}, 'token_invalid', undefined],
  [{ active: false, sub: 'ana', exp: NOW + 60 }, {}, 'token_invalid', undefined],
  [{ exp: NOW }, {}, 'token_expired', { exp: NOW + 1 }],
  [{ nbf: NOW + 6 }, {}, 'token_invalid', { nbf: NOW + 5 }],
  [{ aud: 'other' }, { audience: 'api' }, 'token_invalid', { aud: 'api' }],
  [{ aud: ['other'] }, { audience: ['api', 'app'] }, 'token_invalid', { aud: ['x', 'app'] }],
  [{}, { audience: 'api' }, 'token_invalid', { aud: ['api'] }],
  [{ iss: 'https://b' }, { issuer: 'https://a' }, 'issuer_unknown', { iss: 'https://a' }],
  [{ iss: 7 }, { issuer: 'https://a' }, 'issuer_unknown', {}],
  [
    { token_type: 'DPoP' },
    { requireTokenType: 'Bearer' },
    'token_invalid',
    { token_type: 'bearer' },
  ],
  [{}, { requireTokenType: 'Bearer' }, 'token_invalid', { token_type: 'Bearer' }],
  [{ token_type: 'refresh_token' }, {}, 'token_invalid', { token_type: 'access_token' }],
  [{ token_use: 'refresh_token' }, {}, 'token_invalid', { token_use: 'access_token' }],
  [{ typ: 'Refresh' }, {}, 'token_invalid', { typ: 'Bearer' }],
  [{ typ: 'ID' }, {}, 'token_invalid', { typ: 'at+jwt' }],
];

describe('a token that is not good', () => {
  it.each(NOT_GOOD)('is refused: %j, with %j', async (members, options, code, good) => {
    server.behaviour = json({ ...ACTIVE, ...members });
    await expectRefusal(code, endpoint(options));
    if (good === undefined) return;
    server.behaviour = json({ ...ACTIVE, ...good });
    expect((await authenticate(endpoint(options))).id).toBe('ana');
  });

  it.each([
    { active: true },
    { active: true, username: 'ana' },
    { active: true, sub: '' },
    { active: true, sub: 7, client_id: 'app' },
    { active: true, client_id: 7 },
    { ...ACTIVE, exp: 'soon' },
    { ...ACTIVE, nbf: {} },
  ])('is refused, with its reason, where the answer is not usable: %j', async (answer) => {
    server.behaviour = json(answer);
    const reason =
      'exp' in answer || 'nbf' in answer ? 'is not a time' : 'does not name the caller';
    const by = endpoint();
    await expectRefusal('token_invalid', by, reason);
    await expectRefusal('token_invalid', by, reason);
    expect(server.asked).toHaveLength(1);
  });

  it('is refused where its own exp has passed, without a question', async () => {
    await expect(authenticate(endpoint(), jwtLike({ exp: NOW }))).rejects.toMatchObject({
      code: 'token_expired',
    });
    expect(server.asked).toEqual([]);
  });

  it('is refused where the server does not take one so long', async () => {
    server.behaviour = page(413);
    await expectRefusal('token_invalid');
  });
});

describe('a token of another audience or issuer', () => {
  it.each<[object, Options, string]>([
    [{ aud: ['other'] }, { audience: 'api' }, 'aud is ["other"]; expected "api"'],
    [{}, { audience: 'api' }, 'the token has no aud; expected "api"'],
    [{ iss: 'https://b' }, { issuer: 'https://a' }, 'iss is "https://b"; expected "https://a"'],
  ])(
    'is refused with a remedy, asked about or remembered: %j',
    async (members, options, reason) => {
      server.behaviour = json({ ...ACTIVE, ...members });
      const by = endpoint(options);
      for (const _ of ['asked about', 'remembered']) {
        await expect(authenticate(by)).rejects.toMatchObject({
          reason,
          remedy: expect.stringContaining('correct the options'),
        });
      }
      expect(server.asked).toHaveLength(1);
    },
  );
});

describe('an endpoint that gives no answer', () => {
  it.each([
    ...OUTAGES,
    ...[{ active: 'true', sub: 'ana' }, { active: 1, sub: 'ana' }, { sub: 'ana' }].map(
      (answer) => [JSON.stringify(answer), json(answer)] as const,
    ),
    ['400', page(400)],
  ])('says nothing of a token: %s', async (_, behaviour) => {
    server.behaviour = behaviour;
    const by = endpoint();
    await expectRefusal('provider_unavailable', by);
    server.behaviour = json(ACTIVE);
    expect((await authenticate(by, 'opaque-token-of-ana')).id).toBe('ana');
  });

  it.each([401, 403])("is a matter of this application's credentials: %i", async (status) => {
    server.behaviour = page(status);
    const reason = "refuses this application's own client credentials";
    await expectRefusal('provider_unavailable', endpoint(), reason);
  });

  it('never has a token or a secret sent elsewhere', async () => {
    const elsewhere = await TokenServer.start(json(ACTIVE));
    for (const status of [302, 307]) {
      server.behaviour = (_asked, response) =>
        void response.writeHead(status, { location: `${elsewhere.url}/introspect` }).end();
      await expectRefusal('provider_unavailable');
    }
    expect(elsewhere.asked).toEqual([]);
    await elsewhere.stop();
  });
});

describe('the options of introspection', () => {
  it('name the issuer that tokens are routed by', () => {
    expect(endpoint().issuers).toEqual([]);
    expect(endpoint({ issuer: 'https://a' }).issuers).toEqual(['https://a']);
  });

  it.each<[Options, string]>([
    [{ url: 'http://id.example.com' }, 'introspection.url: is not an https URL.'],
    [{ clientId: '' }, 'introspection.clientId: is missing'],
    [{ issuer: '' }, 'introspection.issuer: is missing'],
    [{ audience: [] }, 'introspection.audience: is not a list of at least one text.'],
    [{ audience: '' }, 'introspection.audience: is missing'],
    [{ requireTokenType: ' ' }, 'introspection.requireTokenType: is missing'],
    [{ subjectFallback: JSON.parse('"email"') }, 'introspection.subjectFallback: names an'],
    [{ subjectFallback: [] }, 'introspection.subjectFallback: names an'],
    [{ subjectFallback: ['username', 'username'] }, 'introspection.subjectFallback: names an'],
    [{ insecureHosts: ['http://id'] }, 'introspection.insecureHosts: holds something'],
    [{ insecureHosts: ['*.id'] }, 'introspection.insecureHosts: holds something'],
    [{ insecureHosts: ['id:8080'] }, 'introspection.insecureHosts: holds something'],
    [{ insecureHosts: [] }, 'introspection.insecureHosts: is not a list'],
    [{ dispatcher: JSON.parse('{}') }, 'introspection.dispatcher: is not a dispatcher of undici.'],
    [
      { dispatcher: JSON.parse('null') },
      'introspection.dispatcher: is not a dispatcher of undici.',
    ],
    [{ mapClaims: JSON.parse('{}') }, 'introspection.mapClaims: is not a function.'],
    [{ cache: { max: 0 } }, 'introspection.cache.max: is not a whole number over 0.'],
    [JSON.parse('{"audiense":"a"}'), 'introspection.audiense: is not an option. Did you mean'],
  ])('are checked: %j', (options, message) => {
    expect(() => endpoint(options)).toThrow(message);
  });
});
