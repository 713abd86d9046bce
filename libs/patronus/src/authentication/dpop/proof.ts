import { PatronusError } from '../../errors/patronus.error.js';
import { member, type JsonObject } from '../../identity/json-object.js';
import { parseToken, type ParsedToken } from '../../identity/parse-token.js';
import { proofInvalid, proofMissing } from './dpop-error.js';
import type { ProofAlgorithm } from '../../errors/proof-algorithms.js';
import { isProofAlgorithm } from './proof-algorithm.js';
import { readProofJwk, type ProofJwk } from './proof-key.js';

const MAX_LENGTH = 8 * 1024;
const MAX_JTI = 256;

/** Extensions that are not implemented here (RFC 7515, section 4.1.11; RFC 7797). */
const REFUSED_MEMBERS = ['crit', 'b64', 'zip'] as const;

/** DPoP proof (RFC 9449, section 4.2) that was read and not yet verified. */
export interface Proof {
  readonly compact: string;
  readonly algorithm: ProofAlgorithm;
  readonly jwk: ProofJwk;
  readonly jti: string;
  readonly htm: string;
  readonly htu: string;
  /** Seconds since the epoch. */
  readonly iat: number;
  readonly ath: string;
  readonly nonce: string | undefined;
}

/**
 * Reads the proof of a request, of which there must be exactly one. Strict, and without
 * cryptography.
 *
 * @param header - the `DPoP` header; Node joins two of them with a comma, which no proof contains
 * @throws {PatronusError} `dpop_proof_missing` or `dpop_proof_invalid`
 */
export function readProof(header: string | readonly string[] | undefined): Proof {
  if (header === undefined) throw proofMissing('no DPoP header');
  if (typeof header !== 'string') throw proofInvalid('two DPoP headers');
  if (header.length > MAX_LENGTH) throw proofInvalid('longer than 8 KiB');
  const { header: jose, payload } = parse(header);
  const algorithm = checkHeader(jose);
  const jwk = readProofJwk(member(jose, 'jwk'), algorithm);
  const jti = textOf(payload, 'jti');
  if (jti === '' || jti.length > MAX_JTI) throw proofInvalid('jti is empty or too long');
  const iat = member(payload, 'iat');
  if (typeof iat !== 'number' || !Number.isFinite(iat)) {
    throw proofInvalid('iat is missing or not a number');
  }
  return {
    compact: header,
    algorithm,
    jwk,
    jti,
    iat,
    htm: textOf(payload, 'htm'),
    htu: textOf(payload, 'htu'),
    ath: textOf(payload, 'ath'),
    nonce: Object.hasOwn(payload, 'nonce') ? textOf(payload, 'nonce') : undefined,
  };
}

function parse(header: string): ParsedToken {
  try {
    return parseToken(header);
  } catch (error) {
    throw proofInvalid(error instanceof PatronusError ? `${error.reason}` : 'not readable');
  }
}

function checkHeader(header: JsonObject): ProofAlgorithm {
  if (member(header, 'typ') !== 'dpop+jwt') throw proofInvalid('typ is not dpop+jwt');
  const algorithm = member(header, 'alg');
  if (!isProofAlgorithm(algorithm)) throw proofInvalid('algorithm not allowed');
  for (const name of REFUSED_MEMBERS) {
    if (Object.hasOwn(header, name)) throw proofInvalid(`header member ${name} not supported`);
  }
  return algorithm;
}

function textOf(payload: JsonObject, name: string): string {
  const value = member(payload, name);
  if (typeof value === 'string') return value;
  throw proofInvalid(`${name} is missing or not text`);
}
