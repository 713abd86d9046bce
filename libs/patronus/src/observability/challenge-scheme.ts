import type { RouteRule } from '../authorization/rules/route-rule.js';
import type { ChallengeScheme } from '../errors/http-denial.js';
import type { Identity } from '../identity/identity.js';
import { isJsonObject, member } from '../identity/json-object.js';
import { unverifiedClaims } from '../remote/unverified-claims.js';
import { type GuardedRequest, messageOf } from '../transport/guarded-request.js';
import { memberOf } from '../transport/member-of.js';

/**
 * Chooses the scheme of the challenge that answers a request (RFC 9449, section 7.1): `DPoP` if the
 * route asks for a proof, if the request came with one, or if its token is bound to a key. The
 * token need not be valid: the challenge tells the client how to retry, and grants nothing.
 */
export function challengeScheme(
  rule: RouteRule,
  presented: Identity | undefined,
  request: GuardedRequest,
): ChallengeScheme {
  if (rule.requirements.some(({ kind }) => kind === 'proof')) return 'DPoP';
  if (presented?.confirmation !== undefined) return 'DPoP';
  const { headers, url = '' } = messageOf(request);
  if (headers['dpop'] !== undefined) return 'DPoP';
  const [scheme = '', token] = (headers.authorization ?? '').split(/[ \t]+/, 2);
  if (scheme.toLowerCase() === 'dpop') return 'DPoP';
  const query = url.includes('?') ? new URLSearchParams(url.slice(url.indexOf('?'))) : undefined;
  const tokens = [token, memberOf(request.body, 'access_token'), query?.get('access_token')];
  return tokens.some(isBound) ? 'DPoP' : 'Bearer';
}

function isBound(token: unknown): boolean {
  if (typeof token !== 'string') return false;
  const confirmation = member(unverifiedClaims(token), 'cnf');
  return isJsonObject(confirmation) && Object.hasOwn(confirmation, 'jkt');
}
