import { createHmac, createPublicKey, type JsonWebKey } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { TestIssuer, TestKey } from '../../testing/index.js';
import type { PatronusErrorCode } from '../../errors/error-codes.js';
import { JwtIdentityProvider, oidc } from './index.js';

let issuer: TestIssuer;
let provider: JwtIdentityProvider;

beforeAll(async () => {
  issuer = await TestIssuer.start();
});

afterAll(() => issuer.stop());

beforeEach(() => {
  provider = oidc({ issuer: issuer.url, audience: 'test' });
});

const authenticate = (token: string, by = provider) => by.authenticate({ scheme: 'bearer', token });

async function expectRefusal(
  token: string,
  code: PatronusErrorCode,
  reason?: string,
  by = provider,
) {
  const error: unknown = await authenticate(token, by).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ name: 'PatronusError', code, ...(reason && { reason }) });
  expect(JSON.stringify(error)).not.toContain(token);
}

function unsigned(header: object, payload: object): string {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${encode(header)}.${encode(payload)}`;
}

const claims = () => ({
  iss: issuer.url,
  aud: 'test',
  sub: 'ana',
  exp: Math.floor(Date.now() / 1000) + 300,
});

describe('a good token', () => {
  it('becomes an identity, frozen, with its claims', async () => {
    const token = await issuer.token({ sub: 'ana', roles: ['doctor'], custom: { a: 1 } });
    const identity = await authenticate(token);
    expect(identity).toMatchObject({
      id: 'ana',
      issuer: issuer.url,
      provider: 'oidc',
      roles: ['doctor'],
      claims: { custom: { a: 1 } },
    });
    expect(identity.expiresAt).toBe(identity.claims['exp']);
    expect(Object.isFrozen(identity.claims['custom'])).toBe(true);
  });

  it.each(['JWT', 'jwt', 'at+jwt', 'AT+JWT', 'application/at+jwt', undefined])(
    'may have the type %s',
    async (typ) => {
      const token = await issuer.token({}, { header: { typ } });
      await expect(authenticate(token)).resolves.toMatchObject({ id: 'user-1' });
    },
  );

  it.each([{ aud: ['other', 'test'] }, { nbf: 1 }, { iat: undefined }, { exp: 4102444800.5 }])(
    'may have the claims %j',
    async (change) => {
      await expect(authenticate(await issuer.token(change))).resolves.toBeDefined();
    },
  );

  it('may be off by the clock tolerance, and not by more', async () => {
    const now = Math.floor(Date.now() / 1000);
    await authenticate(await issuer.token({ iat: now + 4, nbf: now + 4 }));
    await authenticate(await issuer.token({}, { expiresIn: -3 }));
    await expectRefusal(await issuer.token({ iat: now + 9 }), 'token_invalid');
    await expectRefusal(await issuer.token({ nbf: now + 9 }), 'token_invalid');
    await expectRefusal(await issuer.token({}, { expiresIn: -9 }), 'token_expired');
    const exact = oidc({ issuer: issuer.url, audience: 'test', clockTolerance: 0 });
    await expectRefusal(
      await issuer.token({}, { expiresIn: -1 }),
      'token_expired',
      undefined,
      exact,
    );
  });
});

describe('the algorithm', () => {
  it.each(['none', 'None', 'NONE', 'nOnE', 'HS256', 'hs256', 'rs256', 'RS256 ', '', 'toString'])(
    'is never %j',
    async (alg) => {
      const input = unsigned({ alg, typ: 'JWT', kid: issuer.key.kid }, claims());
      await expectRefusal(`${input}.AAAA`, 'token_invalid', 'algorithm not allowed');
      await expectRefusal(`${input}.`, 'token_malformed');
    },
  );

  it.each([null, undefined, 5, ['RS256'], { RS256: true }])('is never %j', async (alg) => {
    const input = unsigned({ alg, kid: issuer.key.kid }, claims());
    await expectRefusal(`${input}.AAAA`, 'token_invalid', 'algorithm not allowed');
  });

  it.each<[string, (jwk: JsonWebKey) => string]>([
    ['PEM', (jwk) => pem(jwk)],
    ['PEM behind white space', (jwk) => `\n ${pem(jwk)}`],
    ['PEM without its last line break', (jwk) => pem(jwk).trim()],
    ['JWK', (jwk) => JSON.stringify(jwk)],
    ['nothing', () => ''],
  ])('is not HS256 with the public key as the secret: %s', async (_what, secretOf) => {
    const { kid, jwk } = issuer.key;
    for (const alg of ['HS256', 'HS384', 'HS512']) {
      const input = unsigned({ alg, typ: 'JWT', kid }, claims());
      const hmac = createHmac(`sha${alg.slice(2)}`, secretOf(jwk)).update(input);
      await expectRefusal(`${input}.${hmac.digest('base64url')}`, 'token_invalid');
    }
  });

  it('is not another one of the same type of key', async () => {
    const header = { alg: 'PS256', kid: issuer.key.kid };
    const input = unsigned(header, claims());
    await expectRefusal(`${input}.AAAA`, 'token_invalid', 'not the algorithm of the key');
    const signed = issuer.key.sign(JSON.stringify({ ...header, alg: 'RS512' }), '{}');
    await expectRefusal(signed, 'issuer_unknown');
  });
});

function pem(jwk: JsonWebKey): string {
  return createPublicKey({ key: jwk, format: 'jwk' })
    .export({ type: 'spki', format: 'pem' })
    .toString();
}

describe('the signature', () => {
  it('covers header and payload', async () => {
    const [header = '', payload = '', signature = ''] = (await issuer.token()).split('.');
    const [, other = ''] = (await issuer.token({ sub: 'bea' })).split('.');
    await expectRefusal(`${header}.${other}.${signature}`, 'token_invalid', 'invalid signature');
    const otherHeader = unsigned({ alg: 'RS256', kid: issuer.key.kid }, {}).split('.')[0];
    await expectRefusal(`${otherHeader}.${payload}.${signature}`, 'token_invalid');
    await expectRefusal(`${header}.${payload}.AAAA`, 'token_invalid');
  });

  it('is not that of another key under the same kid, and nothing is learned of its claims', async () => {
    const { kid } = issuer.key;
    const key = await TestKey.generate('RS256', { kid });
    for (const wrong of [{}, { exp: 1 }, { aud: 'other' }, { sub: 7 }]) {
      const token = await issuer.token(wrong, { key });
      await expectRefusal(token, 'token_invalid', 'invalid signature');
    }
  });

  it('has one spelling', async () => {
    const token = await issuer.token();
    const last = token.at(-1) ?? '';
    const twin = `${token.slice(0, -1)}${String.fromCharCode(last.charCodeAt(0) + 1)}`;
    const bytes = (text: string) => Buffer.from(text.split('.')[2] ?? '', 'base64url');
    expect(bytes(twin)).toEqual(bytes(token));
    await expectRefusal(twin, 'token_malformed');
    await expectRefusal(`${token}=`, 'token_malformed');
  });
});

describe('the header', () => {
  it.each<[object, string]>([
    [{ crit: ['exp'] }, 'header member crit not supported'],
    [{ crit: [] }, 'header member crit not supported'],
    [{ b64: false }, 'header member b64 not supported'],
    [{ b64: false, crit: ['b64'] }, 'header member crit not supported'],
    [{ zip: 'DEF' }, 'header member zip not supported'],
    [{ kid: 7 }, 'kid not usable'],
    [{ kid: null }, 'kid not usable'],
    [{ kid: 'k'.repeat(257) }, 'kid not usable'],
    [{ typ: 'logout+jwt' }, 'not the type of an access token'],
    [{ typ: 'dpop+jwt' }, 'not the type of an access token'],
    [{ typ: 'secevent+jwt' }, 'not the type of an access token'],
    [{ typ: 'JWE' }, 'not the type of an access token'],
    [{ typ: '' }, 'not the type of an access token'],
    [{ typ: ['JWT'] }, 'not the type of an access token'],
  ])('is refused with %j', async (header, reason) => {
    await expectRefusal(await issuer.token({}, { header: { ...header } }), 'token_invalid', reason);
  });

  it('never brings a key with it, or a URL to fetch one from', async () => {
    const evil = await TestIssuer.start();
    const { kid } = issuer.key;
    const header = { kid, jwk: evil.key.jwk, jku: evil.jwksUri, x5u: evil.jwksUri, x5c: ['MIIB'] };
    const token = await issuer.token({}, { header, key: evil.key });
    await expectRefusal(token, 'token_invalid', 'invalid signature');
    await expectRefusal(
      await issuer.token({}, { header: { ...header, kid: evil.key.kid }, key: evil.key }),
      'token_invalid',
      'unknown kid',
    );
    expect(evil.fetches).toEqual({ discovery: 0, jwks: 0 });
    await evil.stop();
  });

  it.each(['__proto__', 'constructor', 'toString', ''])('may name no key by %j', async (kid) => {
    const token = await issuer.token({}, { header: { kid } });
    await expectRefusal(token, 'token_invalid', 'unknown kid');
  });

  it('must have the required type, where one is required', async () => {
    const strict = oidc({ issuer: issuer.url, audience: 'test', requireTyp: 'application/at+JWT' });
    for (const typ of ['at+jwt', 'application/AT+jwt']) {
      await authenticate(await issuer.token({}, { header: { typ } }), strict);
    }
    for (const typ of ['JWT', undefined, 'at', 'application/application/at+jwt']) {
      const token = await issuer.token({}, { header: { typ } });
      await expectRefusal(token, 'token_invalid', 'not the type of an access token', strict);
    }
  });
});

describe('the issuer', () => {
  it('is checked before any key is fetched', async () => {
    const other = await TestIssuer.start();
    const before = issuer.fetches;
    for (const iss of [other.url, `${issuer.url}/`, undefined, null, [issuer.url], '__proto__']) {
      await expectRefusal(await issuer.token({ iss }), 'issuer_unknown');
    }
    expect(issuer.fetches).toEqual(before);
    expect(other.fetches).toEqual({ discovery: 0, jwks: 0 });
    await other.stop();
  });

  it('is told to operators where the token is signed by its own keys, or names none', async () => {
    await provider.warmUp();
    const slashed = `${issuer.url}/`;
    const refusalOf = async (token: string) => {
      const error: unknown = await authenticate(token).catch((thrown: unknown) => thrown);
      return { ...Object(error) };
    };
    expect(await refusalOf(await issuer.token({ iss: slashed }))).toMatchObject({
      code: 'issuer_unknown',
      reason: `iss is "${slashed}"; expected "${issuer.url}"`,
      remedy: expect.stringContaining(`write "${issuer.url}" into iss`),
    });
    expect(await refusalOf(await issuer.token({ iss: undefined }))).toMatchObject({
      code: 'issuer_unknown',
      reason: `the token has no iss; expected "${issuer.url}"`,
      remedy: expect.any(String),
    });
    const { kid } = issuer.key;
    const forger = await TestKey.generate('RS256', { kid });
    const forged = await issuer.token({ iss: 'https://chosen-by-a-caller' }, { key: forger });
    expect(await refusalOf(forged)).toMatchObject({
      code: 'issuer_unknown',
      reason: `iss is another issuer; expected "${issuer.url}"`,
      remedy: undefined,
    });
  });

  it('never lends its key to another, not even under the same kid', async () => {
    const other = await TestIssuer.start();
    const otherProvider = oidc({ issuer: other.url, audience: 'test' });
    await authenticate(await other.token(), otherProvider);
    await authenticate(await issuer.token());
    const { kid } = issuer.key;
    const token = await other.token({ iss: issuer.url }, { header: { kid } });
    await expectRefusal(token, 'token_invalid', 'invalid signature');
    await expectRefusal(await other.token({ iss: issuer.url }), 'token_invalid', 'unknown kid');
    await other.stop();
  });
});
