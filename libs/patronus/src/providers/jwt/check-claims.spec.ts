import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { PatronusErrorCode } from '../../errors/error-codes.js';
import { TestIssuer } from '../../testing/index.js';
import { oidc, type JwtIdentityProvider } from './index.js';

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
    [{ exp: undefined }, 'exp is not a time'],
    [{ exp: null }, 'invalid exp value'],
    [{ exp: '4102444800' }, 'invalid exp value'],
    [{ exp: 1e300 }, 'exp is not a time'],
    [{ nbf: '1' }, 'invalid nbf value'],
    [{ nbf: null }, 'invalid nbf value'],
    [{ iat: '1' }, 'iat is not a time'],
    [{ iat: null }, 'iat is not a time'],
    [{ sub: undefined }, 'sub is not a subject'],
    [{ sub: '' }, 'sub is not a subject'],
    [{ sub: 7 }, 'sub is not a subject'],
    [{ sub: ['ana'] }, 'sub is not a subject'],
    [{ sub: { toString: 'ana' } }, 'sub is not a subject'],
    [{ sub: 'a'.repeat(256) }, 'sub is not a subject'],
    [{ sub: 'ana\0' }, 'sub is not a subject'],
    [{ sub: 'ana\ud800' }, 'sub is not a subject'],
    [{ aud: undefined }, 'jwt audience invalid. expected: test'],
    [{ aud: null }, 'jwt audience invalid. expected: test'],
    [{ aud: '' }, 'jwt audience invalid. expected: test'],
    [{ aud: [] }, 'jwt audience invalid. expected: test'],
    [{ aud: 'tes' }, 'jwt audience invalid. expected: test'],
    [{ aud: 'test2' }, 'jwt audience invalid. expected: test'],
    [{ aud: 'TEST' }, 'jwt audience invalid. expected: test'],
    [{ aud: { test: true } }, 'jwt audience invalid. expected: test'],
    [{ aud: [['test']] }, 'jwt audience invalid. expected: test'],
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

describe('an expired token', () => {
  it('is told apart from an invalid one', async () => {
    await expectRefusal(
      await issuer.token({}, { expiresIn: -600 }),
      'token_expired',
      'jwt expired',
    );
  });
});
