import { PatronusConfigurationError } from '../../errors/configuration.error.js';
import { isSecureUrl } from './secure-url.js';
import { isSignatureAlgorithm, SIGNATURE_ALGORITHMS } from './signature-algorithm.js';
import type { SignatureAlgorithm } from './signature-algorithm.js';

const MAX_CLOCK_TOLERANCE = 300;

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() === value && value !== '';
}

/** @throws {PatronusConfigurationError} where the option is not text */
export function requireText(path: string, value: unknown, remedy: string): string {
  if (isText(value)) return value;
  throw new PatronusConfigurationError(path, 'is missing, or is not text without blanks.', remedy);
}

/** @throws {PatronusConfigurationError} where the option is not a list of at least one text */
export function requireTexts(path: string, value: unknown, remedy: string): readonly string[] {
  if (Array.isArray(value) && value.length > 0 && value.every(isText)) return [...value];
  throw new PatronusConfigurationError(path, 'is not a list of at least one text.', remedy);
}

/** @throws {PatronusConfigurationError} where no audience is given: tokens for others would pass */
export function requireAudience(path: string, value: unknown): readonly string[] {
  const remedy =
    "Give the audience of your API, as it stands in the token's aud, or a list of them.";
  return Array.isArray(value)
    ? requireTexts(path, value, remedy)
    : [requireText(path, value, remedy)];
}

/** @throws {PatronusConfigurationError} where the option is no URL that keys may come from */
export function requireSecureUrl(path: string, value: unknown): string {
  const url = requireText(path, value, 'Give a URL that starts with https://.');
  if (isSecureUrl(url)) return url;
  throw new PatronusConfigurationError(
    path,
    'is not an https URL.',
    'Use https://; http:// is for localhost, 127.0.0.1 and [::1] only.',
  );
}

/** @throws {PatronusConfigurationError} where an algorithm is symmetric, none, or unknown */
export function requireAlgorithms(path: string, value: unknown): readonly SignatureAlgorithm[] {
  if (Array.isArray(value) && value.length > 0 && value.every(isSignatureAlgorithm))
    return [...value];
  throw new PatronusConfigurationError(
    path,
    'is empty, or names an algorithm that is symmetric, none, or unknown.',
    `Choose from ${SIGNATURE_ALGORITHMS.join(', ')}.`,
  );
}

/** @throws {PatronusConfigurationError} where the option is not in 0 to 300 seconds */
export function requireClockTolerance(path: string, value: unknown): number {
  if (typeof value === 'number' && value >= 0 && value <= MAX_CLOCK_TOLERANCE) return value;
  throw new PatronusConfigurationError(
    path,
    'is not a number of seconds in range.',
    `Give a number from 0 to ${MAX_CLOCK_TOLERANCE}.`,
  );
}

/** @throws {PatronusConfigurationError} where the option is there and no function */
export function requireMapping(path: string, value: unknown): void {
  if (value === undefined || typeof value === 'function') return;
  throw new PatronusConfigurationError(path, 'is not a function.', 'Give (claims) => fields.');
}
