import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';
import type { SigningAlgorithm } from '../database/schema/index.js';

/** A key that nobody has used yet. Its `kid` is its thumbprint (RFC 7638). */
export interface NewKeyPair {
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  readonly publicJwk: JWK;
  readonly privateJwk: JWK;
}

export async function newKeyPair(algorithm: SigningAlgorithm): Promise<NewKeyPair> {
  const pair = await generateKeyPair(algorithm, { extractable: true });
  const publicMembers = await exportJWK(pair.publicKey);
  const kid = await calculateJwkThumbprint(publicMembers);
  const named = { kid, alg: algorithm, use: 'sig' };
  return {
    kid,
    algorithm,
    publicJwk: { ...publicMembers, ...named },
    privateJwk: { ...(await exportJWK(pair.privateKey)), ...named },
  };
}
