import { PatronusError } from '../../errors/patronus.error.js';
import type { Identity } from '../../identity/identity.js';

/** Methods and age of the authentication that a route requires. */
export interface AuthenticationRequirement {
  readonly kind: 'authentication';
  /** Seconds. */
  readonly within: number | undefined;
  /** Methods that must all be in `amr` (RFC 8176). */
  readonly methods: readonly string[];
  /** Classes of which one must be the `acr`. */
  readonly levels: readonly string[];
}

/**
 * Requires a step-up if the identity does not meet the requirement (RFC 9470). A claim that is
 * missing from the token counts as not met.
 *
 * @throws {PatronusError} `step_up_required`, with `acr_values` and `max_age` in its challenge
 */
export function requireAuthentication(
  requirement: AuthenticationRequirement,
  identity: Identity,
): void {
  const { within, methods, levels } = requirement;
  const missing: string[] = [];
  if (within !== undefined && !isRecent(identity.authenticatedAt, within)) {
    missing.push(`an authentication within ${within} s`);
  }
  for (const method of methods) {
    if (!identity.authenticationMethods.includes(method)) missing.push(`the method ${method}`);
  }
  const level = identity.authenticationLevel;
  if (levels.length > 0 && (level === undefined || !levels.includes(level))) {
    missing.push(`the level ${levels.join(' or ')}`);
  }
  if (missing.length === 0) return;
  throw new PatronusError('step_up_required', {
    reason: `the token does not show ${missing.join(', ')}`,
    challenge: {
      ...(levels.length > 0 && { acr_values: levels.join(' ') }),
      ...(within !== undefined && { max_age: String(within) }),
    },
  });
}

/**
 * Returns true if the authentication is recent. A time in the future proves nothing, beyond the
 * tolerance for clocks.
 */
function isRecent(authenticatedAt: number | undefined, within: number): boolean {
  if (authenticatedAt === undefined) return false;
  const age = Date.now() / 1000 - authenticatedAt;
  return age <= within && age >= -CLOCK_TOLERANCE;
}

/** Tolerance for the difference between clocks, in seconds. */
const CLOCK_TOLERANCE = 60;
