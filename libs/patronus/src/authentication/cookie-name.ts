import { remedyFor } from '../errors/check-option.js';
import { PatronusConfigurationError } from '../errors/configuration.error.js';
import { TOKEN } from './header-text.js';

/**
 * Requires a valid name of a cookie.
 *
 * @throws {PatronusConfigurationError} if the name is not valid
 */
export function requireCookieName(path: string, name: unknown): string {
  if (typeof name === 'string' && TOKEN.test(name)) return name;
  throw new PatronusConfigurationError(
    path,
    'is not the name of a cookie.',
    remedyFor(name, "Use letters, digits, '-' and '_', such as __Host-session."),
  );
}
