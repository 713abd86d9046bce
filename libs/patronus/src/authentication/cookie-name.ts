import { PatronusConfigurationError } from '../errors/configuration.error.js';

/** A token of RFC 9110, section 5.6.2, which RFC 6265, section 4.1.1, asks of a cookie's name. */
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;

/** @throws {PatronusConfigurationError} where it is no name that a cookie may have */
export function requireCookieName(path: string, name: unknown): string {
  if (typeof name === 'string' && TOKEN.test(name)) return name;
  throw new PatronusConfigurationError(
    path,
    'is not the name of a cookie.',
    "Use letters, digits, '-' and '_', such as __Host-session.",
  );
}
