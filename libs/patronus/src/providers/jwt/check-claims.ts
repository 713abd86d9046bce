import { textOf } from '../../identity/claim-mapping.js';
import { isJsonObject, member, type JsonObject } from '../../identity/json-object.js';
import { type Subject, subjectOf } from '../../identity/subject.js';
import { ACCESS_TOKEN_TYPE } from './check-header.js';
import type { JwtProfile } from './jwt.profile.js';
import { invalid } from './token-error.js';

/** Last second that a `Date` can hold. */
const MAX_SECONDS = 8.64e12;

const LOGOUT_EVENT = 'http://schemas.openid.net/event/backchannel-logout';

/** Claims that every accepted token has. */
export interface CheckedClaims extends Subject {
  /** Seconds since the epoch. */
  readonly exp: number;
}

type ClaimsPolicy = Pick<JwtProfile, 'clockTolerance'> &
  Partial<Pick<JwtProfile, 'requireTyp' | 'isStrict'>>;

function isTime(value: unknown): value is number {
  return typeof value === 'number' && value > -MAX_SECONDS && value < MAX_SECONDS;
}

function isAudience(value: unknown): boolean {
  if (value === undefined || typeof value === 'string') return true;
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

/**
 * Checks the types of the registered claims (RFC 7519, section 4.1), more strictly than JWT
 * libraries.
 *
 * @throws {PatronusError} `token_invalid`
 */
export function checkClaims(claims: JsonObject, policy: ClaimsPolicy): CheckedClaims {
  const exp = member(claims, 'exp');
  const nbf = member(claims, 'nbf');
  const iat = member(claims, 'iat');
  if (exp === undefined) throw invalid('exp is missing');
  if (!isTime(exp)) throw invalid('exp is not a time');
  const subject = requireSubject(claims, policy);
  if (!isAudience(member(claims, 'aud'))) throw invalid('aud is not text');
  if (nbf !== undefined && !isTime(nbf)) throw invalid('nbf is not a time');
  if (iat !== undefined) {
    if (!isTime(iat)) throw invalid('iat is not a time');
    if (iat > Date.now() / 1000 + policy.clockTolerance) throw invalid('issued in the future');
  }
  const { requireTyp, isStrict = false } = policy;
  if (requireTyp === ACCESS_TOKEN_TYPE) checkAccessToken(claims, isStrict);
  return { ...subject, exp };
}

function requireSubject(claims: JsonObject, { isStrict }: ClaimsPolicy): Subject {
  const isMissing = (member(claims, 'sub') ?? undefined) === undefined;
  const subject = isMissing && isStrict ? undefined : subjectOf(claims);
  if (subject !== undefined) return subject;
  throw invalid(isMissing ? 'sub is missing' : 'sub is not a subject');
}

/**
 * Checks the further claims of RFC 9068, section 2.2. The type of `iat` is checked for every token.
 */
function checkAccessToken(claims: JsonObject, isStrict: boolean): void {
  for (const name of ['client_id', 'jti', 'iat']) {
    if (isStrict && !Object.hasOwn(claims, name)) throw invalid(`${name} is missing`);
  }
  for (const name of ['client_id', 'jti']) {
    const value = member(claims, name);
    if (value !== undefined && textOf(value) === undefined) throw invalid(`${name} is not text`);
  }
}

/** Refuses the tokens of an issuer that have a purpose other than access. */
export function refuseOtherTokens(claims: JsonObject): void {
  const events = member(claims, 'events');
  if (isJsonObject(events) && Object.hasOwn(events, LOGOUT_EVENT)) throw invalid('a logout token');
}

/** Refuses an ID token by the hashes that only it carries (OpenID Connect Core 1.0, section 3.3.2.11). */
export function refuseIdTokens(claims: JsonObject): void {
  if (Object.hasOwn(claims, 'at_hash') || Object.hasOwn(claims, 'c_hash')) {
    throw invalid('an ID token');
  }
}
