import type { JsonWebKey } from 'node:crypto';
import { isJsonObject, member, type JsonObject } from '../../identity/json-object.js';
import { hasRocaFingerprint } from './roca.js';
import { ALGORITHMS_BY_KEY_TYPE } from './signature-algorithm.js';

/** Public members of a key, without the other members that its issuer published. */
export interface PublicJwk extends JsonWebKey {
  readonly kid?: string;
  readonly alg?: string;
}

/** Private members of RSA and EC keys, and the secret of symmetric ones (RFC 7518, section 6). */
const SECRET_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'] as const;

const PUBLIC_MEMBERS = ['kty', 'kid', 'alg', 'n', 'e', 'crv', 'x', 'y'] as const;

const CURVES: ReadonlyMap<unknown, readonly unknown[]> = new Map([
  ['EC', ['P-256', 'P-384', 'P-521']],
  ['OKP', ['Ed25519']],
]);

const MIN_MODULUS = 1n << 2047n;
const MAX_MODULUS = 1n << 16384n;
const MAX_EXPONENT = 1n << 64n;

function unsigned(value: unknown): bigint {
  if (typeof value !== 'string') return 0n;
  const hex = Buffer.from(value, 'base64url').toString('hex');
  return hex === '' ? 0n : BigInt(`0x${hex}`);
}

function isSoundRsa(jwk: JsonObject): boolean {
  const modulus = unsigned(member(jwk, 'n'));
  const exponent = unsigned(member(jwk, 'e'));
  if (modulus < MIN_MODULUS || modulus >= MAX_MODULUS || modulus % 2n === 0n) return false;
  if (exponent < 3n || exponent >= MAX_EXPONENT || exponent % 2n === 0n) return false;
  return !hasRocaFingerprint(modulus);
}

function isForVerifying(jwk: JsonObject): boolean {
  const use = member(jwk, 'use');
  const operations = member(jwk, 'key_ops');
  if (use !== undefined && use !== 'sig') return false;
  if (operations === undefined) return true;
  return Array.isArray(operations) && operations.includes('verify');
}

function isAcceptable(jwk: JsonObject): boolean {
  if (Object.hasOwn(jwk, 'revoked')) return false;
  if (SECRET_MEMBERS.some((name) => Object.hasOwn(jwk, name))) return false;
  if (!isForVerifying(jwk)) return false;
  const kty = member(jwk, 'kty');
  const alg = member(jwk, 'alg');
  const algorithms = ALGORITHMS_BY_KEY_TYPE.get(kty);
  if (algorithms === undefined) return false;
  if (alg !== undefined && !algorithms.some((algorithm) => algorithm === alg)) return false;
  return kty === 'RSA' ? isSoundRsa(jwk) : CURVES.get(kty)?.includes(member(jwk, 'crv')) === true;
}

/**
 * Returns the public part of a published key (RFC 7517, section 4) that may verify signatures, or
 * undefined if it may not: symmetric, private, for encryption, weak, or flagged by its issuer.
 */
export function acceptableKey(jwk: unknown): PublicJwk | undefined {
  if (!isJsonObject(jwk) || !isAcceptable(jwk)) return undefined;
  const members = PUBLIC_MEMBERS.map((name) => [name, member(jwk, name)] as const);
  return Object.fromEntries(members.filter(([, value]) => typeof value === 'string'));
}
