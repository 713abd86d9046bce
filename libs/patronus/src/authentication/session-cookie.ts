import { PatronusConfigurationError } from '../errors/configuration.error.js';
import { checkMembers, checkPositiveInteger } from '../errors/check-option.js';
import { isB64Token } from '../identity/credential.js';
import { requireCookieName } from './cookie-name.js';

const ATTRIBUTES = 'Path=/; HttpOnly; Secure; SameSite=Lax';
/** Browsers drop longer cookies without a word (RFC 6265, section 6.1). */
const LONGEST_COOKIE = 4096;

/** How long a {@link sessionCookie} lasts. */
export interface SessionCookieOptions {
  /** Seconds. Left out, the browser forgets it when it is closed. */
  readonly maxAge?: number | undefined;
}

/**
 * The `Set-Cookie` text that hands a bearer token to a browser: out of reach for scripts, over TLS
 * only, and in requests of other sites only where they navigate to this one with GET.
 *
 * @throws {PatronusConfigurationError} where the name, the token or `maxAge` is none
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
  if (name.length + token.length > LONGEST_COOKIE) {
    throw badToken('is longer than a browser keeps.', 'Keep it under 4 KiB, or give a reference.');
  }
  const { maxAge } = options;
  const age = maxAge === undefined ? '' : `Max-Age=${maxAge}; `;
  return `${name}=${token}; ${age}${ATTRIBUTES}`;
}

/**
 * The `Set-Cookie` text that makes a browser forget the cookie of {@link sessionCookie}.
 *
 * @throws {PatronusConfigurationError} where the name is none
 */
export function clearSessionCookie(name: string): string {
  requireCookieName('clearSessionCookie.name', name);
  return `${name}=; Max-Age=0; ${ATTRIBUTES}`;
}

function badToken(problem: string, remedy: string): PatronusConfigurationError {
  return new PatronusConfigurationError('sessionCookie.token', problem, remedy);
}
