import { generateKeyPairSync } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { TestIssuer, type TestAlgorithm } from '../../testing/index.js';
import { oidc, type SignatureAlgorithm } from './index.js';

let issuer: TestIssuer;

afterEach(() => issuer.stop());

function verifier(algorithms?: readonly SignatureAlgorithm[]) {
  const provider = oidc({
    issuer: issuer.url,
    audience: 'test',
    ...(algorithms && { algorithms }),
  });
  return (token: string) => provider.authenticate({ scheme: 'bearer', token });
}

const ALL: readonly TestAlgorithm[] = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
];

describe.each(ALL)('%s', (algorithm) => {
  it('verifies, and refuses what is wrong as any other does', async () => {
    issuer = await TestIssuer.start({ algorithm });
    const verify = verifier();
    await expect(verify(await issuer.token({ sub: 'ana' }))).resolves.toMatchObject({ id: 'ana' });
    const [header, , signature] = (await issuer.token()).split('.');
    const [, payload] = (await issuer.token({ sub: 'bea' })).split('.');
    const refused = expect.objectContaining({ code: 'token_invalid' });
    await expect(verify(`${header}.${payload}.${signature}`)).rejects.toEqual(refused);
    await expect(verify(await issuer.token({ aud: 'other' }))).rejects.toEqual(refused);
    await expect(verify(await issuer.token({ nbf: 4102444800 }))).rejects.toEqual(refused);
    await expect(verify(await issuer.token({ exp: undefined }))).rejects.toEqual(refused);
    await expect(verify(await issuer.token({ aud: ['test', 7] }))).rejects.toEqual(refused);
    await expect(verify(await issuer.token({}, { expiresIn: -60 }))).rejects.toMatchObject({
      code: 'token_expired',
    });
  });

  it('is refused where the configuration does not allow it', async () => {
    issuer = await TestIssuer.start({ algorithm });
    const others = ALL.filter((other) => other !== algorithm);
    await expect(verifier(others)(await issuer.token())).rejects.toMatchObject({
      code: 'token_invalid',
      reason: 'algorithm not allowed',
    });
  });
});

describe('a key without alg', () => {
  async function start(algorithm: TestAlgorithm) {
    issuer = await TestIssuer.start({ algorithm });
    const key = await issuer.addKey({ jwk: { alg: undefined, kid: 'bare' } });
    return (alg: TestAlgorithm) => issuer.token({}, { key, header: { alg } });
  }

  it('of RSA verifies one family only, whatever the header asks for', async () => {
    const pss = await start('PS256');
    const ours = await pss('PS256');
    await expect(verifier()(ours)).rejects.toMatchObject({
      reason: 'not the algorithm of the key',
    });
    await expect(verifier(['PS256'])(ours)).resolves.toBeDefined();
    await issuer.stop();
    const pkcs1 = await start('RS512');
    await expect(verifier()(await pkcs1('RS512'))).resolves.toBeDefined();
  });

  it('of a curve verifies the one algorithm of that curve', async () => {
    const token = await start('ES384');
    await expect(verifier()(await token('ES384'))).resolves.toBeDefined();
    await expect(verifier()(await token('ES256'))).rejects.toMatchObject({
      reason: 'not the algorithm of the key',
    });
  });

  it.each([undefined, 'EdDSA', 'Ed25519'])(
    'or with the alg %s, of Ed25519, verifies EdDSA by both of its names (RFC 9864)',
    async (alg) => {
      issuer = await TestIssuer.start({ algorithm: 'EdDSA' });
      const key = await issuer.addKey({ jwk: { alg, kid: 'edwards' } });
      const tokenOf = (name: string) => issuer.token({}, { key, header: { alg: name } });
      const [old, renamed] = [await tokenOf('EdDSA'), await tokenOf('Ed25519')];
      for (const verify of [verifier(), verifier(['EdDSA'])]) {
        await expect(verify(old)).resolves.toBeDefined();
        await expect(verify(renamed)).resolves.toBeDefined();
      }
      await expect(verifier(['Ed25519'])(renamed)).resolves.toBeDefined();
      await expect(verifier(['Ed25519'])(old)).rejects.toMatchObject({
        reason: 'algorithm not allowed',
      });
    },
  );
});

describe('a key with alg', () => {
  it('verifies that one only', async () => {
    issuer = await TestIssuer.start({ algorithm: 'RS384' });
    const key = await issuer.addKey({ jwk: { alg: 'RS256', kid: 'other' } });
    await expect(verifier()(await issuer.token({}, { key }))).rejects.toMatchObject({
      reason: 'not the algorithm of the key',
    });
  });

  it('of another curve than its alg is no key', async () => {
    issuer = await TestIssuer.start({ algorithm: 'ES256' });
    const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey;
    issuer.publish({ ...p384.export({ format: 'jwk' }), kty: 'EC', alg: 'ES256', kid: 'odd' });
    const token = await issuer.token({}, { header: { kid: 'odd' } });
    await expect(verifier()(token)).rejects.toMatchObject({ reason: 'unknown kid' });
    await expect(verifier()(await issuer.token())).resolves.toBeDefined();
  });
});
