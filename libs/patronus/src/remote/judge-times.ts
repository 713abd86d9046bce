import { member, type JsonObject } from '../identity/json-object.js';
import { refused, type Refused } from './verdict.js';

/** Tolerance for a server's clock that is ahead, in seconds. */
const CLOCK_TOLERANCE = 5;

/** Compares the `exp` and `nbf` of an answer (RFC 7662, section 2.2) with the clock. */
export function judgeTimes(answer: JsonObject): Refused | undefined {
  const exp = timeOf(answer, 'exp');
  const nbf = timeOf(answer, 'nbf');
  const now = Date.now() / 1000;
  if (Number.isNaN(exp)) return refused('exp is not a time');
  if (Number.isNaN(nbf)) return refused('nbf is not a time');
  if (exp !== undefined && exp <= now) return refused('exp has passed', 'token_expired');
  if (nbf !== undefined && nbf > now + CLOCK_TOLERANCE) return refused('nbf is in the future');
  return undefined;
}

/** Returns a time in seconds since the epoch. NaN if the member is present and is not a time. */
function timeOf(answer: JsonObject, name: string): number | undefined {
  const value = member(answer, name);
  if (value === undefined || value === null) return undefined;
  return typeof value === 'number' && Number.isFinite(value) ? value : Number.NaN;
}
