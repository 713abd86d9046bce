import { member, type JsonObject } from '../../identity/json-object.js';
import type { SignatureAlgorithm } from './signature-algorithm.js';
import { invalid } from './token-error.js';

/** Value of `typ` in access tokens that follow RFC 9068 (section 2.1), normalized. */
export const ACCESS_TOKEN_TYPE = 'at+jwt';

const ACCEPTED_TYPES: ReadonlySet<string> = new Set(['jwt', ACCESS_TOKEN_TYPE]);

/** Extensions that this verifier does not implement (RFC 7515, section 4.1.11; RFC 7797). */
const REFUSED_MEMBERS = ['crit', 'b64', 'zip'] as const;

/** Values that a header may have, by configuration. */
export interface HeaderPolicy {
  readonly algorithms: readonly SignatureAlgorithm[];
  readonly requireTyp: string | undefined;
}

/** Members of a header that are read. `jwk`, `jku`, `x5u` and `x5c` are not. */
export interface CheckedHeader {
  readonly algorithm: SignatureAlgorithm;
  readonly kid: string | undefined;
}

/**
 * Normalizes a media type for comparison: any case, with or without `application/` (RFC 7515,
 * section 4.1.9).
 */
export function normalizeTyp(typ: string): string {
  const lower = typ.toLowerCase();
  return lower.startsWith('application/') ? lower.slice('application/'.length) : lower;
}

function isAcceptedType(typ: unknown, required: string | undefined): boolean {
  if (typ === undefined) return required === undefined;
  if (typeof typ !== 'string') return false;
  const actual = normalizeTyp(typ);
  return required === undefined ? ACCEPTED_TYPES.has(actual) : actual === required;
}

/**
 * Checks the header of a token.
 *
 * @throws {PatronusError} `token_invalid`
 */
export function checkHeader(header: JsonObject, policy: HeaderPolicy): CheckedHeader {
  const alg = member(header, 'alg');
  const algorithm = policy.algorithms.find((allowed) => allowed === alg);
  if (algorithm === undefined) throw invalid('algorithm not allowed');
  for (const name of REFUSED_MEMBERS) {
    if (Object.hasOwn(header, name)) throw invalid(`header member ${name} not supported`);
  }
  if (!isAcceptedType(member(header, 'typ'), policy.requireTyp)) {
    throw invalid('not the type of an access token');
  }
  const kid = member(header, 'kid');
  if (kid !== undefined && (typeof kid !== 'string' || kid.length > 256)) {
    throw invalid('kid not usable');
  }
  return { algorithm, kid };
}
