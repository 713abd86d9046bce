import { PatronusError } from '../errors/patronus.error.js';
import type { Identity } from '../identity/identity.js';
import type { RequestScope } from '../identity/request-scope.js';

/** Maximum delay of a timer in milliseconds. A longer one fires at once (Node.js, timers). */
const MAX_TIMER = 2_147_483_647;

/**
 * Returns the milliseconds until the next check of a connection, which is at the latest when its
 * credential expires.
 */
export function untilCheck(identity: Identity, recheckSeconds: number): number {
  const left = identity.expiresAt * 1000 - Date.now();
  return Math.max(1, Math.min(Math.ceil(left), recheckSeconds * 1000, MAX_TIMER));
}

/**
 * Refuses an expired credential.
 *
 * @throws {PatronusError} `token_expired`
 */
export function requireUnexpired(identity: Identity): void {
  if (identity.expiresAt * 1000 > Date.now()) return;
  throw new PatronusError('token_expired', { reason: 'the connection outlived its credential' });
}

/**
 * Requires the same caller and tenant: the rooms that a connection has joined belong to them.
 *
 * @throws {PatronusError} `token_invalid`, `tenant_mismatch`
 */
export function requireSame(
  before: Identity,
  tenantId: string | undefined,
  now: Pick<RequestScope, 'identity' | 'tenantId'>,
): void {
  if (now.identity?.id !== before.id || now.identity.issuer !== before.issuer) {
    throw new PatronusError('token_invalid', {
      reason: 'the credential belongs to another caller now',
    });
  }
  if (now.tenantId === tenantId) return;
  const reason = 'the credential and the connection belong to different tenants';
  throw new PatronusError('tenant_mismatch', { reason });
}

/** Returns the denial. Any other error inside of a check closes the connection as well. */
export function denialOf(error: unknown): PatronusError {
  if (error instanceof PatronusError) return error;
  return new PatronusError('token_invalid', { reason: 'the check failed', cause: error });
}
