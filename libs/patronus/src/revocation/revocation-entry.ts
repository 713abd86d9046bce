import type { Identity } from '../identity/identity.js';
import { checkRevocation } from './check-revocation.js';
import type { Revocation } from './revocation.js';

/** A revocation as it is kept. */
export interface RevocationEntry {
  /** With `issuedBefore`, unless it is for good. */
  readonly revocation: Revocation;
  /** When it was revoked, in milliseconds since the epoch. */
  readonly at: number;
  /** When it may be forgotten, in milliseconds since the epoch. */
  readonly until: number;
}

/**
 * @param keepFor in seconds
 * @throws {PatronusConfigurationError} where the revocation is not one
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

/** Whether what was issued then is revoked by `entry`: before its time, or in the same second. */
export function reaches({ revocation }: RevocationEntry, { issuedAt }: Identity): boolean {
  const { issuedBefore } = revocation;
  if (issuedBefore === undefined || issuedAt === undefined) return true;
  return !(issuedAt >= Math.floor(issuedBefore) + 1);
}

/** Everything that was issued before this is at least as old as what `entry` revokes, in seconds. */
export function ageLimit({ revocation, at }: RevocationEntry): number {
  return revocation.issuedBefore ?? at / 1000;
}

/** Both in one, for the same selectors: whatever one of them revokes stays revoked. */
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

/** Whether `later`, made from `earlier` by {@link merge}, refuses no more and no longer. */
export function isSame(earlier: RevocationEntry, later: RevocationEntry): boolean {
  return (
    earlier.until === later.until &&
    earlier.revocation.issuedBefore === later.revocation.issuedBefore
  );
}
