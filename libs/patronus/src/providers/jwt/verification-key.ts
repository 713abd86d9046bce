import type { KeyObject } from 'node:crypto';
import { isEdwards, isSignatureAlgorithm, type SignatureAlgorithm } from './signature-algorithm.js';

/** Key of an issuer, with the algorithms that it may verify. */
export interface VerificationKey {
  readonly key: KeyObject;
  readonly algorithms: readonly SignatureAlgorithm[];
}

const ALGORITHM_OF_CURVE: ReadonlyMap<unknown, SignatureAlgorithm> = new Map([
  ['prime256v1', 'ES256'],
  ['secp384r1', 'ES384'],
  ['secp521r1', 'ES512'],
]);

function algorithmsOfType(
  key: KeyObject,
  allowed: readonly SignatureAlgorithm[],
): readonly SignatureAlgorithm[] {
  if (key.asymmetricKeyType === 'ec') {
    const algorithm = ALGORITHM_OF_CURVE.get(key.asymmetricKeyDetails?.namedCurve);
    return allowed.filter((candidate) => candidate === algorithm);
  }
  if (key.asymmetricKeyType === 'rsa') {
    const pkcs1 = allowed.filter((candidate) => candidate.startsWith('RS'));
    return pkcs1.length > 0 ? pkcs1 : allowed.filter((candidate) => candidate.startsWith('PS'));
  }
  return key.asymmetricKeyType === 'ed25519' ? allowed.filter(isEdwards) : [];
}

/**
 * Returns the algorithms that a key may verify, among those that the configuration allows. A key
 * that names its `alg` verifies that one only (RFC 7517, section 4.4). For any other its type
 * decides, and of the two RSA families only one, so that no token's header ever chooses between
 * families.
 */
export function algorithmsOf(
  key: KeyObject,
  alg: string | undefined,
  allowed: readonly SignatureAlgorithm[],
): readonly SignatureAlgorithm[] {
  if (alg === undefined) return algorithmsOfType(key, allowed);
  if (!isSignatureAlgorithm(alg)) return [];
  // EdDSA and Ed25519 are two names of the algorithm of such a key (RFC 9864).
  if (isEdwards(alg)) return algorithmsOfType(key, allowed.filter(isEdwards));
  const possible = key.asymmetricKeyType === 'ec' ? algorithmsOfType(key, allowed) : allowed;
  return possible.filter((candidate) => candidate === alg);
}
