import { ERRORS, type PatronusErrorCode } from '../../errors/error-codes.js';
import { nearestName } from '../../errors/nearest-name.js';

export function isKnownCode(code: unknown): code is PatronusErrorCode {
  return typeof code === 'string' && Object.hasOwn(ERRORS, code);
}

/**
 * Requires a code of Patronus.
 *
 * @throws {TypeError} if Patronus has no such code, because a test that expects it would be
 * pointless
 */
export function requireKnownCode(code: unknown): void {
  if (isKnownCode(code)) return;
  const known = Object.keys(ERRORS);
  const nearest = nearestName(String(code), known);
  throw new TypeError(
    `${JSON.stringify(code)} is not a code of Patronus. ` +
      (nearest === undefined ? `The codes are ${known.join(', ')}.` : `Did you mean "${nearest}"?`),
  );
}
