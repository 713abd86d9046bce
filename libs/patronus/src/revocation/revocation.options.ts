import { checkMembers, checkPositiveInteger } from '../errors/check-option.js';
import { PatronusConfigurationError } from '../errors/configuration.error.js';

/** Limits of the store of revocations. */
export interface RevocationOptions {
  /**
   * Seconds for which a revocation is kept. At least the longest lifetime of a token: a token that
   * outlives its revocation is accepted again. Default: 24 hours.
   */
  readonly keepFor?: number | undefined;
  /**
   * Maximum number of revocations in the memory of a process. Beyond it, the oldest of them are
   * replaced by one that revokes everything issued before them. Default: 100,000.
   */
  readonly max?: number | undefined;
}

const KEEP_FOR = 24 * 60 * 60;
const MAX = 100_000;

/**
 * Checks the options, and fills in their defaults.
 *
 * @throws {PatronusConfigurationError} if an option is not valid; names the option and the remedy
 */
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

/**
 * Reads the option `whenUnreachable` of revocations that come from elsewhere.
 *
 * @returns true if callers are denied while revocations may have been missed
 * @throws {PatronusConfigurationError} if the option is neither `deny` nor `allow`
 */
export function readDenies(whenUnreachable: unknown = 'deny'): boolean {
  if (whenUnreachable === 'deny' || whenUnreachable === 'allow') return whenUnreachable === 'deny';
  throw new PatronusConfigurationError(
    'revocations.whenUnreachable',
    "is neither 'deny' nor 'allow'.",
    'Write one of them, or leave it out.',
  );
}
