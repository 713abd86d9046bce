import { PatronusConfigurationError } from '../../errors/configuration.error.js';
import type { Claims } from '../../identity/identity.js';
import { normalizeTyp } from './check-header.js';
import type { JwtOptions } from './jwt.options.js';
import type { JwtProfile } from './jwt.profile.js';
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

function requireAlgorithms(path: string, value: readonly unknown[]): readonly SignatureAlgorithm[] {
  if (Array.isArray(value) && value.length > 0 && value.every(isSignatureAlgorithm))
    return [...value];
  throw new PatronusConfigurationError(
    path,
    'is empty, or names an algorithm that is symmetric, none, or unknown.',
    `Choose from ${SIGNATURE_ALGORITHMS.join(', ')}.`,
  );
}

function requireClockTolerance(path: string, value: unknown): number {
  if (typeof value === 'number' && value >= 0 && value <= MAX_CLOCK_TOLERANCE) return value;
  throw new PatronusConfigurationError(
    path,
    'is not a number of seconds in range.',
    `Give a number from 0 to ${MAX_CLOCK_TOLERANCE}.`,
  );
}

/** What a vendor's factory decides of its profile. The rest are the options that all have. */
export interface VendorProfile extends Pick<
  JwtProfile,
  'name' | 'issuer' | 'audience' | 'check' | 'map'
> {
  readonly jwksUri?: string;
  readonly algorithms: readonly SignatureAlgorithm[];
}

/** Completes a vendor's profile with the options that all vendors have, each checked. */
export function completeProfile(vendor: VendorProfile, options: JwtOptions): JwtProfile {
  const { name } = vendor;
  const { jwksUri, algorithms, clockTolerance, requireTyp, mapClaims } = options;
  return {
    ...vendor,
    jwksUri: jwksUri === undefined ? vendor.jwksUri : requireSecureUrl(`${name}.jwksUri`, jwksUri),
    algorithms:
      algorithms === undefined
        ? vendor.algorithms
        : requireAlgorithms(`${name}.algorithms`, algorithms),
    clockTolerance: requireClockTolerance(`${name}.clockTolerance`, clockTolerance ?? 5),
    requireTyp:
      requireTyp === undefined
        ? undefined
        : normalizeTyp(
            requireText(`${name}.requireTyp`, requireTyp, 'Give a type, such as at+jwt.'),
          ),
    map:
      mapClaims === undefined
        ? vendor.map
        : (claims: Claims) => ({ ...vendor.map(claims), ...mapClaims(claims) }),
  };
}
