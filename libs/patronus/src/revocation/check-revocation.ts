import { checkMembers } from '../errors/check-option.js';
import { PatronusConfigurationError } from '../errors/configuration.error.js';
import type { Revocation } from './revocation.js';
import { SELECTORS } from './selectors.js';

const MEMBERS = [...SELECTORS, 'issuedBefore'];
/** Maximum length of an id. */
const MAX_CHARACTERS = 1024;
/** Maximum time by which `issuedBefore` may be ahead, for clocks that differ, in seconds. */
const AHEAD = 60;
const WHOLE_TOKEN = /^eyJ[\w-]+\.[\w-]*\.[\w.-]*$/;

/**
 * Checks a revocation.
 *
 * @param now in milliseconds since the epoch
 * @throws {PatronusConfigurationError} if a member is not valid; names the member and the remedy
 */
export function checkRevocation(revocation: Revocation, now: number): void {
  if (typeof revocation !== 'object' || revocation === null) {
    throw mistake('', 'is not an object.', "Name what is revoked, such as { session: '…' }.");
  }
  checkMembers('revocation', revocation, MEMBERS);
  const members = Object.entries(revocation);
  if (members.length === 0) {
    throw mistake('', 'names nothing.', `Name at least one of ${MEMBERS.join(', ')}.`);
  }
  for (const [name, value] of members) {
    if (value === undefined) {
      throw mistake(name, 'is undefined, so more than intended would be revoked.', 'Leave it out.');
    }
    if (name === 'issuedBefore') checkTime(value, now);
    else checkId(name, value);
  }
}

/**
 * Returns true if a value that another process sent is a valid revocation. Its clock may be ahead,
 * so its time is not compared with the clock of this process.
 */
export function isRevocation(value: object): value is Revocation {
  try {
    checkRevocation(value, Number.POSITIVE_INFINITY);
    return true;
  } catch {
    return false;
  }
}

function checkId(name: string, value: unknown): void {
  if (typeof value !== 'string' || value === '' || value.length > MAX_CHARACTERS) {
    throw mistake(name, 'is not an id.', `Give a text of 1 to ${MAX_CHARACTERS} characters.`);
  }
  if (!WHOLE_TOKEN.test(value)) return;
  throw mistake(name, 'is a whole token.', 'Give its id (jti): Identity.tokenId.');
}

function checkTime(value: unknown, now: number): void {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) {
    throw mistake('issuedBefore', 'is not a time.', 'Give seconds since the epoch.');
  }
  if (value <= now / 1000 + AHEAD) return;
  throw mistake(
    'issuedBefore',
    'is in the future, so callers that log in later would be refused.',
    'Give seconds since the epoch, not milliseconds, or leave it out for the current time.',
  );
}

function mistake(member: string, problem: string, remedy: string): PatronusConfigurationError {
  const path = member === '' ? 'revocation' : `revocation.${member}`;
  return new PatronusConfigurationError(path, problem, remedy);
}
