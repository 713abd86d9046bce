import type { ProofAlgorithm } from '../../errors/proof-algorithms.js';

/** The public members of a key (RFC 7518, section 6; RFC 8037, section 2) by its type. */
const PUBLIC_MEMBERS = {
  EC: ['crv', 'x', 'y'],
  OKP: ['crv', 'x'],
  RSA: ['n', 'e'],
} as const;

interface KeyShape {
  readonly kty: keyof typeof PUBLIC_MEMBERS;
  readonly crv?: string;
}

const KEY_SHAPES = {
  ES256: { kty: 'EC', crv: 'P-256' },
  ES384: { kty: 'EC', crv: 'P-384' },
  EdDSA: { kty: 'OKP', crv: 'Ed25519' },
  Ed25519: { kty: 'OKP', crv: 'Ed25519' },
  RS256: { kty: 'RSA' },
  PS256: { kty: 'RSA' },
} as const satisfies Record<ProofAlgorithm, KeyShape>;

export function isProofAlgorithm(value: unknown): value is ProofAlgorithm {
  return typeof value === 'string' && Object.hasOwn(KEY_SHAPES, value);
}

/** Returns the key type that an algorithm needs, and the members that identify such a key. */
export function keyShapeOf(
  algorithm: ProofAlgorithm,
): KeyShape & { readonly members: readonly string[] } {
  const shape = KEY_SHAPES[algorithm];
  return { ...shape, members: PUBLIC_MEMBERS[shape.kty] };
}
