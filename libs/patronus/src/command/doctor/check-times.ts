import { PatronusError } from '../../errors/patronus.error.js';
import { member, type JsonObject } from '../../identity/json-object.js';
import {
  checkClaims,
  refuseIdTokens,
  refuseOtherTokens,
} from '../../providers/jwt/check-claims.js';
import { CLOCK_TOLERANCE } from './check-clock.js';
import { error, type Finding, ok } from './finding.js';

const CLOCKS = 'Compare the clocks of the issuer and of this machine.';

/**
 * Checks the types of the registered claims, and `exp`, `nbf` and `iat` (RFC 7519, section 4.1).
 */
export function checkTimes(payload: JsonObject): readonly Finding[] {
  const now = Date.now() / 1000;
  const iat = member(payload, 'iat');
  if (typeof iat === 'number' && iat > now + CLOCK_TOLERANCE) {
    const problem = `iat is ${Math.round(iat - now)} seconds in the future.`;
    return [error('token_issued_in_future', problem, CLOCKS)];
  }
  try {
    const { exp } = checkClaims(payload, { clockTolerance: CLOCK_TOLERANCE });
    refuseIdTokens(payload);
    refuseOtherTokens(payload);
    return [...checkExpiry(exp, now), ...checkStart(member(payload, 'nbf'), now)];
  } catch (thrown) {
    const reason = thrown instanceof PatronusError ? thrown.reason : undefined;
    const problem = `The claims are refused: ${reason ?? 'unknown'}.`;
    return [error('token_claims', problem, 'Send an access token with sub and exp.')];
  }
}

function checkExpiry(exp: number, now: number): readonly Finding[] {
  const left = Math.round(exp - now);
  if (exp + CLOCK_TOLERANCE > now) return [ok('token_times', `It expires in ${left} seconds.`)];
  return [error('token_expired', `It expired ${-left} seconds ago.`, 'Get a new one.')];
}

function checkStart(nbf: unknown, now: number): readonly Finding[] {
  if (typeof nbf !== 'number' || nbf <= now + CLOCK_TOLERANCE) return [];
  const problem = `It is not valid for ${Math.round(nbf - now)} seconds yet.`;
  return [error('token_not_yet_valid', problem, CLOCKS)];
}
