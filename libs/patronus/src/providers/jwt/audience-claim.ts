import { PatronusConfigurationError } from '../../errors/configuration.error.js';
import { PatronusError } from '../../errors/patronus.error.js';
import type { Claims } from '../../identity/identity.js';
import { textsOf } from '../../identity/claim-mapping.js';
import { member } from '../../identity/json-object.js';
import { mismatch } from '../../identity/mismatch.js';

const AUDIENCE_CLAIMS = ['aud', 'client_id', 'azp'] as const;

/**
 * Claims in which an issuer names the audience of a token: `aud` (RFC 7519), or the client that it
 * was issued to.
 */
export type AudienceClaim = (typeof AUDIENCE_CLAIMS)[number];

/**
 * Requires a claim that may name an audience.
 *
 * @throws {PatronusConfigurationError} if it is not one of these claims
 */
export function requireAudienceClaim(path: string, value: unknown): AudienceClaim {
  const claim = AUDIENCE_CLAIMS.find((name) => name === value);
  if (claim !== undefined) return claim;
  throw new PatronusConfigurationError(
    path,
    'names no audience.',
    `Choose from ${AUDIENCE_CLAIMS.join(', ')}.`,
  );
}

/**
 * Refuses a token whose `claim` is not one of `audience`. If a token has an `aud` besides, that
 * must name one of them, too (RFC 7519, section 4.1.3).
 *
 * @throws {PatronusError} `token_invalid`
 */
export function checkAudience(
  claims: Claims,
  claim: AudienceClaim,
  audience: readonly string[],
): void {
  const isFor = (name: unknown): boolean => audience.some((one) => one === name);
  if (claim !== 'aud' && !isFor(member(claims, claim))) {
    throw wrongAudience(claims, [claim], audience);
  }
  const aud = member(claims, 'aud');
  if (claim !== 'aud' && aud === undefined) return;
  if (!textsOf(aud).some(isFor)) throw wrongAudience(claims, ['aud'], audience);
}

/** Returns the refusal of a token of the right issuer that is meant for another API. */
export function wrongAudience(
  claims: Claims,
  names: readonly AudienceClaim[],
  expected: readonly string[],
): PatronusError {
  return new PatronusError('token_invalid', mismatch(claims, names, expected));
}
