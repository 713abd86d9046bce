import { checkMembers } from '../errors/check-option.js';
import { PatronusConfigurationError } from '../errors/configuration.error.js';

/** Whose credential {@link withIdentity} sends along. */
export interface ForwardedIdentityOptions {
  /**
   * A token of this service itself, or what gets one: for jobs, which have no caller. It replaces the
   * caller's, who is not known to the other service then. Left out, the caller's own is sent.
   */
  readonly token?: string | (() => string | Promise<string>) | undefined;
}

/** @throws {PatronusConfigurationError} */
export function checkForwardedIdentityOptions(options: ForwardedIdentityOptions): void {
  checkMembers('withIdentity', options, ['token']);
  const { token } = options;
  if (token === undefined || typeof token === 'function' || isToken(token)) return;
  throw new PatronusConfigurationError(
    'withIdentity.token',
    'is neither a token nor a function that gets one.',
    'Give one of them, or leave it out to send the credential of the caller.',
  );
}

export function isToken(value: unknown): value is string {
  return typeof value === 'string' && /^[!-~]+$/.test(value);
}
