import type { Identity } from '../identity/identity.js';
import { checkRevocation } from './check-revocation.js';
import type { Revocation } from './revocation.js';

/** Revocation as it is stored. */
export interface RevocationEntry {
  /** Has `issuedBefore`, unless it is permanent. */
  readonly revocation: Revocation;
  /** Time of the revocation, in milliseconds since the epoch. */
  readonly at: number;
  /** Time at which it may be forgotten, in milliseconds since the epoch. */
  readonly until: number;
}

/**
 * Creates an entry.
 *
 * @param keepFor in seconds
 * @throws {PatronusConfigurationError} if the revocation is not valid
 */
export function newEntry(revocation: Revocation, keepFor: number): RevocationEntry {
  const at = Date.now();
  checkRevocation(revocation, at);
  const { token, session, issuedBefore } = revocation;
  const isForGood = issuedBefore === undefined && (token ?? session) !== undefined;
  return {
    revocation: Object.freeze(
      isForGood ? { ...revocation } : { ...revocation, issuedBefore: issuedBefore ?? at / 1000 },
    ),
    at,
    until: at + keepFor * 1000,
  };
}

/**
 * Returns true if `entry` revokes a credential that was issued then: before its time, or in the
 * same second.
 */
export function reaches({ revocation }: RevocationEntry, { issuedAt }: Identity): boolean {
  const { issuedBefore } = revocation;
  if (issuedBefore === undefined || issuedAt === undefined) return true;
  return !(issuedAt >= Math.floor(issuedBefore) + 1);
}

/**
 * Returns the time before which every credential is at least as old as those that `entry` revokes,
 * in seconds.
 */
export function ageLimit({ revocation, at }: RevocationEntry): number {
  return revocation.issuedBefore ?? at / 1000;
}

/**
 * Merges two entries with the same selectors: a credential that one of them revokes stays revoked.
 */
export function merge(one: RevocationEntry, other: RevocationEntry): RevocationEntry {
  const { issuedBefore: first, ...selectors } = one.revocation;
  const { issuedBefore: second } = other.revocation;
  const isForGood = first === undefined || second === undefined;
  return {
    revocation: Object.freeze(
      isForGood ? selectors : { ...selectors, issuedBefore: Math.max(first, second) },
    ),
    at: Math.max(one.at, other.at),
    until: Math.max(one.until, other.until),
  };
}

/** Returns true if `later`, made from `earlier` by {@link merge}, refuses no more and no longer. */
export function isSame(earlier: RevocationEntry, later: RevocationEntry): boolean {
  return (
    earlier.until === later.until &&
    earlier.revocation.issuedBefore === later.revocation.issuedBefore
  );
}
