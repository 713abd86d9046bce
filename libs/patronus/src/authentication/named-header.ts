import { PatronusConfigurationError } from '../errors/configuration.error.js';
import { PatronusError } from '../errors/patronus.error.js';
import { type Authorization, splitScheme } from './authorization-token.js';
import { indexOfBlank, TOKEN, trimBlanks } from './header-text.js';

/** Headers that hold credentials of their own, or that a proxy or the server itself writes. */
const TAKEN: ReadonlySet<string> = new Set([
  'authorization',
  'proxy-authorization',
  'cookie',
  'x-api-key',
  'dpop',
  'host',
  'origin',
]);

const SCHEMES: ReadonlySet<string> = new Set(['bearer', 'dpop', 'apikey']);

/**
 * Requires a header name that can hold credentials.
 *
 * @throws {PatronusConfigurationError} if credentials cannot come in a header of that name
 */
export function checkHeaderName(path: string, name: unknown): void {
  const isName = typeof name === 'string' && TOKEN.test(name);
  if (isName && !TAKEN.has(name.toLowerCase())) return;
  throw new PatronusConfigurationError(
    path,
    isName ? 'is a header that has its own meaning.' : 'is not the name of an HTTP header.',
    "Name the header that holds the token, such as 'x-access-token', or leave it out.",
  );
}

/**
 * Reads the credential in the application's own header: a scheme and a token, or a token alone.
 *
 * @param raw - the scheme of a token alone
 * @throws {PatronusError} `invalid_request` if the header holds neither
 */
export function namedCredential(
  header: string | readonly string[],
  raw: 'bearer' | 'apikey',
): Authorization {
  const value = typeof header === 'string' ? trimBlanks(header) : '';
  const authorization = splitScheme(value);
  const hasScheme = SCHEMES.has(authorization.scheme);
  if (hasScheme && authorization.rest !== '') return authorization;
  if (!hasScheme && value !== '' && indexOfBlank(value) === -1) return { scheme: raw, rest: value };
  throw new PatronusError('invalid_request', { reason: 'the header holds no single token' });
}
