import { beforeAll, describe, expect, it } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { SignJWT } from 'jose';
import { CREDENTIAL, DPoPCaller, messageWith } from '../../../../../test/fixtures/dpop-caller.js';
import { DPoPVerifier } from './dpop-verifier.js';
import { importProofKey, readProofJwk } from './proof-key.js';
import { readProof } from './proof.js';

let ana: DPoPCaller;
beforeAll(async () => void (ana = await DPoPCaller.create()));

const invalid = expect.objectContaining({ code: 'dpop_proof_invalid' });
const base64url = (text: string) => Buffer.from(text).toString('base64url');

describe('readProof', () => {
  it('reads what it was given', () => {
    const compact = ana.proof({ nonce: 'n', iat: 5 });
    expect(readProof(compact)).toMatchObject({
      compact,
      algorithm: 'ES256',
      jwk: ana.jwk,
      htm: 'GET',
      htu: 'http://api.example/notes',
      iat: 5,
      nonce: 'n',
    });
    expect(readProof(ana.proof()).nonce).toBeUndefined();
  });

  it('tells a missing proof from a bad one', () => {
    const missing = expect.objectContaining({ code: 'dpop_proof_missing' });
    expect(() => readProof(undefined)).toThrow(missing);
    expect(() => readProof('')).toThrow(invalid);
  });

  it.each<[string, Record<string, unknown>]>([
    ['typ JWT', { typ: 'JWT' }],
    ['no typ', { typ: undefined }],
    ['another case of typ', { typ: 'DPoP+JWT' }],
    ['the long form of typ', { typ: 'application/dpop+jwt' }],
    ['alg none', { alg: 'none' }],
    ['a symmetric alg', { alg: 'HS256' }],
    ['an alg of no list', { alg: 'ES256K' }],
    ['a name of Object', { alg: 'constructor' }],
    ['a name of Object, for a key without a type', { alg: 'constructor', jwk: {} }],
    ['no alg', { alg: undefined }],
    ['the alg of another type of key', { alg: 'RS256' }],
    ['the alg of another curve', { alg: 'ES384' }],
    ['crit', { crit: ['exp'], exp: 1 }],
    ['b64', { b64: false }],
    ['zip', { zip: 'DEF' }],
    ['no key', { jwk: undefined }],
    ['a key elsewhere', { jwk: undefined, jku: 'http://127.0.0.1/keys' }],
    ['a key in text', { jwk: '{}' }],
    ['a symmetric key', { jwk: { kty: 'oct', k: 'c2VjcmV0' } }],
  ])('refuses a header with %s', (_what, header) => {
    expect(() => readProof(ana.proof({}, header))).toThrow(invalid);
  });

  it.each<[string, object]>([
    ['its private half', { d: 'AAAA' }],
    ['a secret', { k: 'AAAA' }],
    ['another type', { kty: 'OKP' }],
    ['half of it', { y: undefined }],
    ['numbers in it', { x: 7 }],
    ['the use enc', { use: 'enc' }],
    ['another alg', { alg: 'ES384' }],
    ['operations without verify', { key_ops: ['encrypt'] }],
    ['operations that are no list', { key_ops: 'verify' }],
  ])('refuses a key with %s', (_what, members) => {
    expect(() => readProof(ana.proof({}, { jwk: { ...ana.jwk, ...members } }))).toThrow(invalid);
  });

  it('accepts a key that says it is one for this', () => {
    const jwk = { ...ana.jwk, use: 'sig', alg: 'ES256', key_ops: ['verify'], kid: 'mine' };
    expect(readProof(ana.proof({}, { jwk })).jwk).toEqual(ana.jwk);
  });

  it('refuses members that are named twice, in header and claims', () => {
    const header = JSON.stringify(ana.header());
    const claims = JSON.stringify(ana.claims());
    const twice = (json: string, name: string) => json.replace('{', `{"${name}":"x",`);
    expect(() => readProof(ana.sign(header, claims))).not.toThrow();
    expect(() => readProof(ana.sign(twice(header, 'typ'), claims))).toThrow(invalid);
    expect(() => readProof(ana.sign(header, twice(claims, 'htu')))).toThrow(invalid);
  });

  it('refuses other spellings, other forms and other sizes', () => {
    const proof = ana.proof();
    const [header = '', payload = ''] = proof.split('.');
    for (const text of [
      `${proof}=`,
      ` ${proof}`,
      `${proof}, ${ana.proof()}`,
      `${proof}, `,
      `${header}.${payload}.`,
      `${header}.${payload}`,
      `${proof}.${payload}.${header}`,
      `${base64url('[]')}.${payload}.AA`,
      JSON.stringify({ payload, signatures: [{ protected: header, signature: 'AA' }] }),
      ana.proof({ padding: 'x'.repeat(8 * 1024) }),
    ]) {
      expect(() => readProof(text)).toThrow(invalid);
    }
    expect(() => readProof([proof, proof])).toThrow(invalid);
  });
});

describe('the key of a proof', () => {
  function rsa(modulusLength: number) {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength });
    return publicKey.export({ format: 'jwk' });
  }

  it('is an RSA key of 2048 bits at least, with an exponent that hides nothing', () => {
    const jwk = rsa(2048);
    const read = (members: object) => importProofKey(readProofJwk({ ...jwk, ...members }, 'RS256'));
    expect(read({}).asymmetricKeyType).toBe('rsa');
    expect(() => read(rsa(1024))).toThrow(invalid);
    expect(() => read({ e: 'AQ' })).toThrow(invalid);
    expect(() => read({ e: base64url('a'.repeat(9)) })).toThrow(invalid);
    expect(() => read({ n: Buffer.alloc(1025, 0xff).toString('base64url') })).toThrow(invalid);
  });

  it('is a point on its curve', async () => {
    const jwk = { ...ana.jwk, y: ana.jwk.x };
    expect(() => importProofKey(readProofJwk(jwk, 'ES256'))).toThrow(invalid);
  });

  it('works with proofs of another maker', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const jwk = publicKey.export({ format: 'jwk' });
    const { kty = '', crv = '', x = '' } = jwk;
    const header = { typ: 'dpop+jwt', alg: 'Ed25519', jwk: { kty, crv, x } };
    const proof = await new SignJWT(ana.claims()).setProtectedHeader(header).sign(privateKey);
    const { calculateJwkThumbprint } = await import('jose');
    const jkt = await calculateJwkThumbprint({ kty, crv, x });
    const identity = ana.identity({ confirmation: { jkt } });
    const verify = (other: string) =>
      new DPoPVerifier({}).verify(identity, CREDENTIAL, messageWith(other));
    await expect(verify(proof)).resolves.toBeUndefined();
    await expect(verify(ana.proof())).rejects.toThrow(invalid);
  });
});
