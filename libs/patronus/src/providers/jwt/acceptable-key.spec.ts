import { generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { acceptableKey } from './acceptable-key.js';

const RSA = generateKeyPairSync('rsa', { modulusLength: 2048 });
const rsa = RSA.publicKey.export({ format: 'jwk' });
const ec = ecKey('P-256');
const ed25519 = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });

function ecKey(namedCurve: string): JsonWebKey {
  return generateKeyPairSync('ec', { namedCurve }).publicKey.export({ format: 'jwk' });
}

function rsaKey(modulusLength: number, publicExponent = 65537): JsonWebKey {
  const pair = generateKeyPairSync('rsa', { modulusLength, publicExponent });
  return pair.publicKey.export({ format: 'jwk' });
}

function withModulus(change: (modulus: Buffer) => void): JsonWebKey {
  const modulus = Buffer.from(rsa.n ?? '', 'base64url');
  change(modulus);
  return { ...rsa, n: modulus.toString('base64url') };
}

describe('acceptableKey', () => {
  it.each<[string, JsonWebKey]>([
    ['RSA', rsa],
    ['RSA for signatures', { ...rsa, use: 'sig', alg: 'RS256' }],
    ['RSA with exponent 3', rsaKey(2048, 3)],
    ['P-256', ec],
    ['P-384', ecKey('P-384')],
    ['P-521', ecKey('P-521')],
    ['Ed25519', ed25519],
    ['a key for verifying', { ...rsa, key_ops: ['verify'] }],
  ])('accepts %s', (_what, jwk) => {
    expect(acceptableKey(jwk)).toBeDefined();
  });

  it('keeps the public members only, and never a URL or a certificate', () => {
    const published = { ...rsa, kid: 'k', x5u: 'https://evil', x5c: ['MII'], use: 'sig', '': 1 };
    expect(acceptableKey(published)).toEqual({ ...rsa, kid: 'k' });
    expect(acceptableKey({ ...rsa, kid: 7 })).toEqual(rsa);
  });

  it.each<[string, unknown]>([
    ['a symmetric key', { kty: 'oct', k: 'c2VjcmV0', alg: 'HS256' }],
    ['a symmetric key that says RSA', { ...rsa, k: 'c2VjcmV0' }],
    ['a private RSA key', RSA.privateKey.export({ format: 'jwk' })],
    ['a key for encryption', { ...rsa, use: 'enc' }],
    ['a key whose use is no text', { ...rsa, use: ['sig'] }],
    ['a key for other operations', { ...rsa, key_ops: ['encrypt'] }],
    ['a key for no operation', { ...rsa, key_ops: 'verify' }],
    ['a revoked key', { ...rsa, revoked: { revoked_at: 1 } }],
    ['RSA under 2048 bits', rsaKey(2040)],
    ['RSA with exponent 1', { ...rsa, e: 'AQ' }],
    ['RSA with an even exponent', { ...rsa, e: 'AQAA' }],
    ['RSA with exponent 0', { ...rsa, e: 'AA' }],
    ['RSA without exponent', { ...rsa, e: undefined }],
    ['RSA with a huge exponent', { ...rsa, e: rsa.n }],
    ['RSA with an even modulus', withModulus((n) => (n[n.length - 1] = 0xfe))],
    ['RSA with leading zeros for bits', withModulus((n) => n.fill(0, 0, 8))],
    ['RSA with a modulus that is no text', { ...rsa, n: 5 }],
    ['an algorithm of another type of key', { ...rsa, alg: 'ES256' }],
    ['a symmetric algorithm', { ...rsa, alg: 'HS256' }],
    ['an algorithm for encryption', { ...rsa, alg: 'RSA-OAEP' }],
    ['an algorithm that is no text', { ...rsa, alg: null }],
    ['secp256k1', ecKey('secp256k1')],
    ['X25519', generateKeyPairSync('x25519').publicKey.export({ format: 'jwk' })],
    ['an EC key that names an Edwards curve', { ...ec, crv: 'Ed25519' }],
    ['a type named like a prototype member', { ...rsa, kty: '__proto__' }],
    ['null', null],
    ['text', 'RSA'],
    ['a list', [rsa]],
  ])('refuses %s', (_what, jwk) => {
    expect(acceptableKey(jwk)).toBeUndefined();
  });
});
