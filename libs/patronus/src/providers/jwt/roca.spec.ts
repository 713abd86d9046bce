import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { acceptableKey } from './acceptable-key.js';
import { hasRocaFingerprint } from './roca.js';

/**
 * Product of the first 39 odd primes, and the residues that the vulnerable generator produces
 * modulo it.
 */
const PRIMORIAL = [
  3n,
  5n,
  7n,
  11n,
  13n,
  17n,
  19n,
  23n,
  29n,
  31n,
  37n,
  41n,
  43n,
  47n,
  53n,
  59n,
  61n,
  67n,
  71n,
  73n,
  79n,
  83n,
  89n,
  97n,
  101n,
  103n,
  107n,
  109n,
  113n,
  127n,
  131n,
  137n,
  139n,
  149n,
  151n,
  157n,
  163n,
  167n,
].reduce((product, prime) => product * prime);

function rocaModulus(exponent: bigint): bigint {
  const base = 65537n ** exponent % PRIMORIAL;
  const modulus = base + PRIMORIAL * ((1n << 2047n) / PRIMORIAL + 1n);
  return modulus % 2n === 1n ? modulus : modulus + PRIMORIAL;
}

describe('hasRocaFingerprint', () => {
  it.each([1n, 5n, 1234n])('knows a modulus of the vulnerable form: 65537^%s', (exponent) => {
    expect(hasRocaFingerprint(rocaModulus(exponent))).toBe(true);
    expect(hasRocaFingerprint(rocaModulus(exponent) + 2n)).toBe(false);
  });

  it('keeps such a key from verifying anything', () => {
    const n = (modulus: bigint) => Buffer.from(modulus.toString(16), 'hex').toString('base64url');
    const jwk = { kty: 'RSA', e: 'AQAB' };
    expect(acceptableKey({ ...jwk, n: n(rocaModulus(5n)) })).toBeUndefined();
    expect(acceptableKey({ ...jwk, n: n(rocaModulus(5n) + 2n) })).toBeDefined();
  });

  it('passes a modulus of a sound generator', () => {
    const { n = '' } = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({
      format: 'jwk',
    });
    const modulus = BigInt(`0x${Buffer.from(n, 'base64url').toString('hex')}`);
    expect(hasRocaFingerprint(modulus)).toBe(false);
  });
});
