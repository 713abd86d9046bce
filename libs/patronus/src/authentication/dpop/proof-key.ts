import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { isJsonObject, member, type JsonObject } from '../../identity/json-object.js';
import { proofInvalid } from './dpop-error.js';
import type { ProofAlgorithm } from '../../errors/proof-algorithms.js';
import { keyShapeOf } from './proof-algorithm.js';

/** The private members of RSA and EC keys, and the secret of symmetric ones (RFC 7518, section 6). */
const SECRET_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'] as const;

const RSA_BITS = { least: 2048, most: 8192 } as const;
const MAX_EXPONENT = 1n << 64n;

/** Members of a key that its thumbprint is computed from (RFC 7638, section 3.2). */
export type ProofJwk = JsonWebKey & { readonly kty: string };

/**
 * Reads the public key that a proof carries. It is not trusted yet: its thumbprint decides.
 *
 * @throws {PatronusError} `dpop_proof_invalid`
 */
export function readProofJwk(jwk: unknown, algorithm: ProofAlgorithm): ProofJwk {
  if (!isJsonObject(jwk)) throw proofInvalid('no jwk in the header');
  if (SECRET_MEMBERS.some((name) => Object.hasOwn(jwk, name))) {
    throw proofInvalid('a key that is private or symmetric');
  }
  const { kty, crv, members } = keyShapeOf(algorithm);
  if (member(jwk, 'kty') !== kty || (crv !== undefined && member(jwk, 'crv') !== crv)) {
    throw proofInvalid('not a key for its algorithm');
  }
  if (!isForSignatures(jwk, algorithm)) throw proofInvalid('a key for another purpose');
  const values = members.map((name) => [name, member(jwk, name)] as const);
  if (!values.every(([, value]) => typeof value === 'string')) throw proofInvalid('half a key');
  return { ...Object.fromEntries(values), kty };
}

/**
 * Imports the key of a proof.
 *
 * @throws {PatronusError} `dpop_proof_invalid` if it is not a key, too weak, or too expensive to
 * verify with
 */
export function importProofKey(jwk: ProofJwk): KeyObject {
  let key: KeyObject;
  try {
    key = createPublicKey({ key: jwk, format: 'jwk' });
  } catch (cause) {
    throw proofInvalid('no such key', cause);
  }
  const { modulusLength, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
  if (modulusLength === undefined) return key;
  const isSound =
    modulusLength >= RSA_BITS.least &&
    modulusLength <= RSA_BITS.most &&
    publicExponent >= 3n &&
    publicExponent < MAX_EXPONENT;
  if (!isSound) throw proofInvalid('an RSA key out of range');
  return key;
}

function isForSignatures(jwk: JsonObject, algorithm: ProofAlgorithm): boolean {
  const use = member(jwk, 'use') ?? 'sig';
  const alg = member(jwk, 'alg') ?? algorithm;
  const operations = member(jwk, 'key_ops') ?? ['verify'];
  return (
    use === 'sig' && alg === algorithm && Array.isArray(operations) && operations.includes('verify')
  );
}
