import { PatronusConfigurationError } from '../errors/configuration.error.js';
import { checkMembers, checkPositiveInteger } from '../errors/check-option.js';
import { isB64Token } from '../identity/credential.js';
import { requireCookieName } from './cookie-name.js';

const ATTRIBUTES = 'Path=/; HttpOnly; Secure; SameSite=Lax';
/** Maximum size of a cookie. Browsers silently drop longer ones (RFC 6265, section 6.1). */
const MAX_COOKIE = 4096;

/** Settings of a {@link sessionCookie}. */
export interface SessionCookieOptions {
  /** Lifetime in seconds. Without it, the browser forgets the cookie when it is closed. */
  readonly maxAge?: number | undefined;
}

/**
 * Returns the `Set-Cookie` header that hands a bearer token to a browser. The cookie is out of
 * reach for scripts, sent over TLS only, and sent with requests from other sites only for top-level
 * GET navigations.
 *
 * @throws {PatronusConfigurationError} if the name, the token or `maxAge` is not valid
 * @example
 * response.setHeader('Set-Cookie', sessionCookie('__Host-session', token, { maxAge: 3600 }));
 */
export function sessionCookie(
  name: string,
  token: string,
  options: SessionCookieOptions = {},
): string {
  requireCookieName('sessionCookie.name', name);
  checkMembers('sessionCookie', options, ['maxAge']);
  checkPositiveInteger('sessionCookie.maxAge', options.maxAge);
  if (typeof token !== 'string' || !isB64Token(token)) {
    throw badToken('is not a bearer token.', 'Give the token alone, without a scheme or quotes.');
  }
  if (name.length + token.length > MAX_COOKIE) {
    throw badToken('is longer than browsers accept.', 'Keep it under 4 KiB, or give a reference.');
  }
  const { maxAge } = options;
  const age = maxAge === undefined ? '' : `Max-Age=${maxAge}; `;
  return `${name}=${token}; ${age}${ATTRIBUTES}`;
}

/**
 * Returns the `Set-Cookie` header that deletes the cookie of {@link sessionCookie}.
 *
 * @throws {PatronusConfigurationError} if the name is not valid
 */
export function clearSessionCookie(name: string): string {
  requireCookieName('clearSessionCookie.name', name);
  return `${name}=; Max-Age=0; ${ATTRIBUTES}`;
}

function badToken(problem: string, remedy: string): PatronusConfigurationError {
  return new PatronusConfigurationError('sessionCookie.token', problem, remedy);
}
