import { isJsonObject, member, type JsonObject } from '../../identity/json-object.js';
import { invalid } from './token-error.js';

/** The last second that a `Date` can hold. */
const MAX_SECONDS = 8.64e12;

const LOGOUT_EVENT = 'http://schemas.openid.net/event/backchannel-logout';

/** The claims that every believed token has. */
export interface CheckedClaims {
  readonly sub: string;
  /** Seconds since the epoch. */
  readonly exp: number;
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && value > -MAX_SECONDS && value < MAX_SECONDS;
}

/** Text that survives every encoding unchanged, so that two subjects never become one. */
function isSubject(value: unknown): value is string {
  if (typeof value !== 'string' || value === '' || value.length > 255) return false;
  return !/[\p{Cc}\p{Cs}]/u.test(value);
}

function isAudience(value: unknown): boolean {
  if (value === undefined || typeof value === 'string') return true;
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

/** The shape of the registered claims (RFC 7519, section 4.1), stricter than JWT libraries are. */
export function checkClaims(claims: JsonObject, clockTolerance: number): CheckedClaims {
  const sub = member(claims, 'sub');
  const exp = member(claims, 'exp');
  const nbf = member(claims, 'nbf');
  const iat = member(claims, 'iat');
  if (!isTime(exp)) throw invalid('exp is not a time');
  if (!isSubject(sub)) throw invalid('sub is not a subject');
  if (!isAudience(member(claims, 'aud'))) throw invalid('aud is not text');
  if (nbf !== undefined && !isTime(nbf)) throw invalid('nbf is not a time');
  if (iat !== undefined) {
    if (!isTime(iat)) throw invalid('iat is not a time');
    if (iat > Date.now() / 1000 + clockTolerance) throw invalid('issued in the future');
  }
  return { sub, exp };
}

/** Refuses the tokens of an issuer that are meant for something else than access. */
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
