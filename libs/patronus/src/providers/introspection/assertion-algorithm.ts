import type { KeyObject } from 'node:crypto';

const CURVES = { ES256: 'prime256v1', ES384: 'secp384r1', ES512: 'secp521r1' } as const;
const RSA_ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'] as const;
const MIN_MODULUS = 2048;

/** Algorithms that an assertion may be signed with. */
export const ASSERTION_ALGORITHMS = [
  ...RSA_ALGORITHMS,
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
] as const;

/** Never symmetric, and never `none`. */
export type AssertionAlgorithm = (typeof ASSERTION_ALGORITHMS)[number];

export function isAssertionAlgorithm(value: unknown): value is AssertionAlgorithm {
  return ASSERTION_ALGORITHMS.some((algorithm) => algorithm === value);
}

/** Returns true if a private key can sign with that algorithm (RFC 7518, section 3.1; RFC 8037). */
export function fits(key: KeyObject, algorithm: AssertionAlgorithm): boolean {
  const { asymmetricKeyType, asymmetricKeyDetails: { modulusLength = 0, namedCurve } = {} } = key;
  if (algorithm === 'EdDSA') return asymmetricKeyType === 'ed25519';
  if (isEllipticAlgorithm(algorithm)) {
    return asymmetricKeyType === 'ec' && namedCurve === CURVES[algorithm];
  }
  return asymmetricKeyType === 'rsa' && modulusLength >= MIN_MODULUS;
}

function isEllipticAlgorithm(algorithm: AssertionAlgorithm): algorithm is keyof typeof CURVES {
  return Object.hasOwn(CURVES, algorithm);
}
