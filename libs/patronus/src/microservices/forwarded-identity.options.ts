import { checkMembers } from '../errors/check-option.js';
import { PatronusConfigurationError } from '../errors/configuration.error.js';

/** Settings for the credential that {@link withIdentity} forwards. */
export interface ForwardedIdentityOptions {
  /**
   * Token of this service itself, or a function that obtains one: for jobs, which have no caller.
   * It replaces the caller's token, so the other service does not see the caller. By default the
   * caller's own token is sent.
   */
  readonly token?: string | (() => string | Promise<string>) | undefined;
}

/**
 * Checks the options.
 *
 * @throws {PatronusConfigurationError}
 */
export function checkForwardedIdentityOptions(options: ForwardedIdentityOptions): void {
  checkMembers('withIdentity', options, ['token']);
  const { token } = options;
  if (token === undefined || typeof token === 'function' || isToken(token)) return;
  throw new PatronusConfigurationError(
    'withIdentity.token',
    'is neither a token nor a function that returns one.',
    'Give one of them, or leave it out to send the credential of the caller.',
  );
}

export function isToken(value: unknown): value is string {
  return typeof value === 'string' && /^[!-~]+$/.test(value);
}
