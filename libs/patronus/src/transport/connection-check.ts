import { PatronusError } from '../errors/patronus.error.js';
import type { Identity } from '../identity/identity.js';
import type { RequestScope } from '../identity/request-scope.js';

/** A longer one fires at once (Node.js, timers), in milliseconds. */
const LONGEST_TIMER = 2_147_483_647;

/** Milliseconds until a connection is looked at again: when its credential expires, at the latest. */
export function untilCheck(identity: Identity, recheckSeconds: number): number {
  const left = identity.expiresAt * 1000 - Date.now();
  return Math.max(1, Math.min(Math.ceil(left), recheckSeconds * 1000, LONGEST_TIMER));
}

/** @throws {PatronusError} `token_expired` */
export function requireUnexpired(identity: Identity): void {
  if (identity.expiresAt * 1000 > Date.now()) return;
  throw new PatronusError('token_expired', { reason: 'the connection outlived its credential' });
}

/**
 * What a connection has joined, it has joined as somebody, and in a tenant.
 *
 * @throws {PatronusError} `token_invalid`, `tenant_mismatch`
 */
export function requireSame(
  before: Identity,
  tenantId: string | undefined,
  now: Pick<RequestScope, 'identity' | 'tenantId'>,
): void {
  if (now.identity?.id !== before.id || now.identity.issuer !== before.issuer) {
    throw new PatronusError('token_invalid', { reason: 'the credential is of somebody else now' });
  }
  if (now.tenantId === tenantId) return;
  const reason = 'the credential is of another tenant than the connection';
  throw new PatronusError('tenant_mismatch', { reason });
}

/** Whatever else goes wrong inside of a check, the connection does not stay. */
export function denialOf(error: unknown): PatronusError {
  if (error instanceof PatronusError) return error;
  return new PatronusError('token_invalid', { reason: 'the check failed', cause: error });
}
