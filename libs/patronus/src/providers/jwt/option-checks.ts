import { checkMembers } from '../../errors/check-option.js';
import { PatronusConfigurationError } from '../../errors/configuration.error.js';
import { requireText, requireTexts } from '../../errors/require-option.js';
import { ACCESS_TOKEN_TYPE, normalizeTyp } from './check-header.js';
import type { JwtOptions } from './jwt.options.js';
import { isSignatureAlgorithm, SIGNATURE_ALGORITHMS } from './signature-algorithm.js';
import type { SignatureAlgorithm } from './signature-algorithm.js';

/** The names of {@link JwtOptions}, each of them. */
const JWT_OPTIONS = {
  jwksUri: true,
  jwks: true,
  algorithms: true,
  clockTolerance: true,
  requireTyp: true,
  strict: true,
  mapClaims: true,
  dispatcher: true,
  insecureHosts: true,
} satisfies Readonly<Record<keyof JwtOptions, true>>;

const MAX_CLOCK_TOLERANCE = 300;

/**
 * Checks that a factory is given no option that it does not have.
 *
 * @param own - the options of this factory alone
 * @throws {PatronusConfigurationError}
 */
export function checkJwtOptions<Options extends JwtOptions>(
  name: string,
  options: Options,
  own: readonly (keyof Options & string)[],
): void {
  checkMembers(name, options, [...own, ...Object.keys(JWT_OPTIONS)]);
}

/** @throws {PatronusConfigurationError} where no audience is given: tokens for others would pass */
export function requireAudience(path: string, value: unknown): readonly string[] {
  const remedy = "Give the audience of your API, exactly as in the token's aud, or a list of them.";
  return Array.isArray(value)
    ? requireTexts(path, value, remedy)
    : [requireText(path, value, remedy)];
}

/**
 * Reads the list of algorithms. `EdDSA` allows `Ed25519` as well: with the keys that are accepted
 * here, that is the newer name of the same algorithm (RFC 9864, section 2.2).
 *
 * @throws {PatronusConfigurationError} if an algorithm is symmetric, `none`, or unknown
 */
export function requireAlgorithms(path: string, value: unknown): readonly SignatureAlgorithm[] {
  if (Array.isArray(value) && value.length > 0 && value.every(isSignatureAlgorithm)) {
    const added: readonly SignatureAlgorithm[] = value.includes('EdDSA') ? ['Ed25519'] : [];
    return [...new Set([...value, ...added])];
  }
  throw new PatronusConfigurationError(
    path,
    'is empty, or names an algorithm that is symmetric, none, or unknown.',
    `Choose from ${SIGNATURE_ALGORITHMS.join(', ')}.`,
  );
}

/**
 * Requires a number of seconds in the range.
 *
 * @throws {PatronusConfigurationError} if the option is not in 0 to 300 seconds
 */
export function requireClockTolerance(path: string, value: unknown): number {
  if (typeof value === 'number' && value >= 0 && value <= MAX_CLOCK_TOLERANCE) return value;
  throw new PatronusConfigurationError(
    path,
    'is not a number of seconds in range.',
    `Give a number from 0 to ${MAX_CLOCK_TOLERANCE}.`,
  );
}

/**
 * Returns the type that a token's header must have. `strict` stands for that of RFC 9068.
 *
 * @throws {PatronusConfigurationError} if the type is not text, or contradicts `strict`
 */
export function requireType(name: string, { requireTyp, strict }: JwtOptions): string | undefined {
  if (strict !== undefined && typeof strict !== 'boolean') {
    throw new PatronusConfigurationError(
      `${name}.strict`,
      'is neither true nor false.',
      'Write true or false.',
    );
  }
  const remedy = `Give a type, such as ${ACCESS_TOKEN_TYPE}.`;
  const type =
    requireTyp === undefined
      ? undefined
      : normalizeTyp(requireText(`${name}.requireTyp`, requireTyp, remedy));
  if (strict !== true) return type;
  if (type === undefined || type === ACCESS_TOKEN_TYPE) return ACCESS_TOKEN_TYPE;
  throw new PatronusConfigurationError(
    `${name}.strict`,
    `is given beside the requireTyp ${type}.`,
    `Leave requireTyp out: strict asks for ${ACCESS_TOKEN_TYPE}.`,
  );
}

/**
 * Requires a function that returns keys, if the option is given.
 *
 * @throws {PatronusConfigurationError} if `jwks` is given and is not a function, or if `jwksUri` is
 * given as well
 */
export function requireKeysAtHand(path: string, { jwks, jwksUri }: JwtOptions): void {
  if (jwks === undefined) return;
  if (typeof jwks !== 'function') {
    throw new PatronusConfigurationError(path, 'is not a function.', 'Give () => ({ keys }).');
  }
  if (jwksUri === undefined) return;
  throw new PatronusConfigurationError(path, 'is given beside jwksUri.', 'Give one of the two.');
}
