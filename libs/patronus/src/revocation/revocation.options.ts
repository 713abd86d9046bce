import { checkMembers, checkPositiveInteger } from '../errors/check-option.js';

/** How many revocations are kept, and for how long. */
export interface RevocationOptions {
  /**
   * Seconds. At least as long as the longest life of a token: a token that outlives its revocation
   * counts again. Default 24 hours.
   */
  readonly keepFor?: number | undefined;
  /**
   * Revocations at most, in the memory of a process. Where there are more, the oldest of them become
   * one that revokes everything issued before them. Default 100,000.
   */
  readonly max?: number | undefined;
}

const KEEP_FOR = 24 * 60 * 60;
const MAX = 100_000;

/** @throws {PatronusConfigurationError} that names the option and the remedy */
export function readRevocationOptions(
  options: RevocationOptions,
  others: readonly string[] = [],
): { readonly keepFor: number; readonly max: number } {
  checkMembers('revocations', options, ['keepFor', 'max', ...others]);
  const { keepFor = KEEP_FOR, max = MAX } = options;
  checkPositiveInteger('revocations.keepFor', keepFor);
  checkPositiveInteger('revocations.max', max);
  return { keepFor, max };
}
