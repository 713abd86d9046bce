import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { PatronusErrorCode } from '../../errors/error-codes.js';
import { TestIssuer } from '../../testing/index.js';
import { type JwtIdentityProvider, oidc, type OidcOptions } from './index.js';

const LOGOUT_EVENT = 'http://schemas.openid.net/event/backchannel-logout';

let issuer: TestIssuer;
let provider: JwtIdentityProvider;

beforeAll(async () => {
  issuer = await TestIssuer.start();
  provider = oidc({ issuer: issuer.url, audience: 'test' });
});

afterAll(() => issuer.stop());

const authenticate = (token: string) => provider.authenticate({ scheme: 'bearer', token });

async function expectRefusal(token: string, code: PatronusErrorCode, reason?: string) {
  const error: unknown = await authenticate(token).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ name: 'PatronusError', code, ...(reason && { reason }) });
}

const claims = () => ({ iss: issuer.url, aud: 'test', sub: 'ana', exp: 4102444800 });

describe('the claims', () => {
  it.each<[object, string]>([
    [{ exp: undefined }, 'exp is missing'],
    [{ exp: null }, 'invalid exp value'],
    [{ exp: '4102444800' }, 'invalid exp value'],
    [{ exp: 1e300 }, 'exp is not a time'],
    [{ nbf: '1' }, 'invalid nbf value'],
    [{ nbf: null }, 'invalid nbf value'],
    [{ iat: '1' }, 'iat is not a time'],
    [{ iat: null }, 'iat is not a time'],
    [{ sub: undefined }, 'sub is missing'],
    [{ sub: null }, 'sub is missing'],
    [{ sub: '' }, 'sub is not a subject'],
    [{ sub: 7 }, 'sub is not a subject'],
    [{ sub: ['ana'] }, 'sub is not a subject'],
    [{ sub: { toString: 'ana' } }, 'sub is not a subject'],
    [{ sub: 'a'.repeat(256) }, 'sub is not a subject'],
    [{ sub: 'ana\0' }, 'sub is not a subject'],
    [{ sub: 'ana\ud800' }, 'sub is not a subject'],
    [{ aud: undefined }, 'the token has no aud; expected "test"'],
    [{ aud: null }, 'aud is not text'],
    [{ aud: '' }, 'aud is ""; expected "test"'],
    [{ aud: [] }, 'aud is []; expected "test"'],
    [{ aud: 'tes' }, 'aud is "tes"; expected "test"'],
    [{ aud: 'test2' }, 'aud is "test2"; expected "test"'],
    [{ aud: 'TEST' }, 'aud is "TEST"; expected "test"'],
    [{ aud: { test: true } }, 'aud is not text'],
    [{ aud: [['test']] }, 'aud is not text'],
    [{ aud: ['test', 7] }, 'aud is not text'],
    [{ at_hash: 'x' }, 'an ID token'],
    [{ c_hash: 'x' }, 'an ID token'],
    [{ events: { [LOGOUT_EVENT]: {} } }, 'a logout token'],
  ])('are refused with %j', async (change, reason) => {
    await expectRefusal(await issuer.token({ ...change }), 'token_invalid', reason);
  });

  it('are refused with an exp without end', async () => {
    const header = JSON.stringify({ alg: 'RS256', kid: issuer.key.kid });
    const payload = JSON.stringify(claims()).replace(/"exp":\d+/, '"exp":1e999');
    await expectRefusal(issuer.key.sign(header, payload), 'token_invalid', 'exp is not a time');
  });

  it('are refused when signed with a member twice, or bytes that are no text', async () => {
    const header = JSON.stringify({ alg: 'RS256', kid: issuer.key.kid });
    const twice = JSON.stringify(claims()).replace('{', '{"sub":"bea",');
    await expectRefusal(issuer.key.sign(header, twice), 'token_malformed');
    const bytes = Buffer.from(JSON.stringify({ ...claims(), sub: 'anx' }));
    bytes[bytes.indexOf('anx') + 2] = 0xff;
    await expectRefusal(issuer.key.sign(header, bytes), 'token_malformed');
  });

  it('accept a subject of 255 characters', async () => {
    const sub = 'é'.repeat(255);
    await expect(authenticate(await issuer.token({ sub }))).resolves.toMatchObject({ id: sub });
  });
});

describe('a token without sub', () => {
  it.each([
    [{ client_id: 'billing' }, 'billing'],
    [{ azp: 'billing' }, 'billing'],
    [{ client_id: 'billing', azp: 'other' }, 'billing'],
  ])('is that of a program: %j', async (said, id) => {
    const token = await issuer.token({ sub: undefined, ...said });
    await expect(authenticate(token)).resolves.toMatchObject({ id, isService: true });
  });

  it.each<[object, string]>([
    [{ sub: '', client_id: 'billing' }, 'sub is not a subject'],
    [{ sub: 7, client_id: 'billing' }, 'sub is not a subject'],
    [{ sub: undefined, client_id: 7, azp: 'billing' }, 'sub is missing'],
    [{ sub: undefined, client_id: 'a\0' }, 'sub is missing'],
    [{ sub: undefined, client_id: 'web', sid: 's-1' }, 'sub is missing'],
    [{ sub: undefined, azp: 'web', session_state: 's-1' }, 'sub is missing'],
    [{ sub: undefined, azp: 'web', auth_time: 1700000000 }, 'sub is missing'],
  ])('speaks for nobody: %j', async (said, reason) => {
    await expectRefusal(await issuer.token({ ...said }), 'token_invalid', reason);
  });
});

describe('an access token of RFC 9068', () => {
  const typed = { header: { typ: 'at+jwt' } };
  const complete = { client_id: 'web', jti: 'token-1' };
  const by = (options: Partial<OidcOptions>) =>
    oidc({ issuer: issuer.url, audience: 'test', ...options });
  const ask = async (verifier: JwtIdentityProvider, said: object) => {
    const token = await issuer.token({ ...said }, typed);
    return verifier.authenticate({ scheme: 'bearer', token });
  };

  it.each<[object, string]>([
    [{ client_id: 7 }, 'client_id is not text'],
    [{ client_id: '' }, 'client_id is not text'],
    [{ client_id: null }, 'client_id is not text'],
    [{ jti: 7 }, 'jti is not text'],
    [{ jti: ['token-1'] }, 'jti is not text'],
    [{ iat: '1' }, 'iat is not a time'],
  ])('has claims of their types: %j', async (said, reason) => {
    for (const verifier of [by({ requireTyp: 'at+jwt' }), by({ strict: true })]) {
      const refused = ask(verifier, { ...complete, ...said });
      await expect(refused).rejects.toMatchObject({ code: 'token_invalid', reason });
    }
  });

  it('may lack them, unless the provider is strict', async () => {
    const [lenient, strict] = [by({ requireTyp: 'at+jwt', strict: false }), by({ strict: true })];
    await expect(ask(strict, complete)).resolves.toMatchObject({ id: 'user-1' });
    for (const claim of ['client_id', 'jti', 'iat']) {
      const said = { ...complete, [claim]: undefined };
      await expect(ask(lenient, said)).resolves.toBeDefined();
      await expect(ask(strict, said)).rejects.toMatchObject({
        code: 'token_invalid',
        reason: `${claim} is missing`,
      });
    }
    const ofProgram = { ...complete, sub: undefined };
    await expect(ask(lenient, ofProgram)).resolves.toMatchObject({ id: 'web' });
    await expect(ask(strict, ofProgram)).rejects.toMatchObject({ reason: 'sub is missing' });
  });

  it('is of its type, if the provider is strict', async () => {
    const token = await issuer.token(complete);
    const refused = by({ strict: true }).authenticate({ scheme: 'bearer', token });
    await expect(refused).rejects.toMatchObject({ reason: 'not the type of an access token' });
  });

  it('is asked for by options that do not contradict each other', () => {
    expect(() => by({ strict: true, requireTyp: 'application/AT+JWT' })).not.toThrow();
    expect(() => by({ strict: true, requireTyp: 'JWT' })).toThrow(
      'oidc.strict: is given beside the requireTyp jwt. Leave requireTyp out',
    );
    expect(() => by(JSON.parse('{"strict":"yes"}'))).toThrow('oidc.strict: is neither true nor');
  });
});

describe('an expired token', () => {
  it('is told apart from an invalid one', async () => {
    await expectRefusal(
      await issuer.token({}, { expiresIn: -600 }),
      'token_expired',
      'jwt expired',
    );
  });
});
