/** Signature algorithms for a DPoP proof: asymmetric, each bound to one type of key. */
export const PROOF_ALGORITHMS = ['ES256', 'ES384', 'EdDSA', 'Ed25519', 'RS256', 'PS256'] as const;

export type ProofAlgorithm = (typeof PROOF_ALGORITHMS)[number];
