const RSA = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'] as const;
const EC = ['ES256', 'ES384', 'ES512'] as const;
const EDWARDS = ['EdDSA', 'Ed25519'] as const;

type EdwardsAlgorithm = (typeof EDWARDS)[number];

/** JWS algorithm (RFC 7518, section 3.1; RFC 8037; RFC 9864) whose key can be published. */
export type SignatureAlgorithm = (typeof RSA)[number] | (typeof EC)[number] | EdwardsAlgorithm;

/** Algorithms that a provider may be configured with. */
export const SIGNATURE_ALGORITHMS: readonly SignatureAlgorithm[] = [...RSA, ...EC, ...EDWARDS];

/** Algorithms that an issuer may sign with by default. */
export const DEFAULT_ALGORITHMS = SIGNATURE_ALGORITHMS;

/** Algorithms by the type of key (`kty`) that they need. */
export const ALGORITHMS_BY_KEY_TYPE: ReadonlyMap<unknown, readonly SignatureAlgorithm[]> = new Map<
  unknown,
  readonly SignatureAlgorithm[]
>([
  ['RSA', RSA],
  ['EC', EC],
  ['OKP', EDWARDS],
]);

export function isSignatureAlgorithm(value: unknown): value is SignatureAlgorithm {
  return SIGNATURE_ALGORITHMS.some((algorithm) => algorithm === value);
}

export function isEdwards(algorithm: SignatureAlgorithm): algorithm is EdwardsAlgorithm {
  return EDWARDS.some((edwards) => edwards === algorithm);
}
