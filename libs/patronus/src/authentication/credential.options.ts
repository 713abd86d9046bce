import { checkMembers } from '../errors/check-option.js';
import { PatronusConfigurationError } from '../errors/configuration.error.js';
import { requireTexts } from '../errors/require-option.js';
import { isSecureUrl } from '../identity/secure-url.js';
import { requireCookieName } from './cookie-name.js';
import { checkHeaderName } from './named-header.js';

/** Sources of credentials: the `credentials` member of the module's options. */
export interface CredentialOptions {
  /** Accepts the bearer token from a cookie as well. Off by default. */
  readonly cookie?: CookieOptions | undefined;
  /**
   * Accepts the credential from this header as well, as a proxy may set it: `x-access-token`. The
   * header holds a token alone, or a scheme and a token. A proxy that sets it must remove it from
   * the requests of callers.
   */
  readonly header?: string | undefined;
  /**
   * Query parameter that routes with `@AllowQueryToken()` read the token from: `access_token`.
   * Other routes ignore it.
   */
  readonly query?: string | undefined;
}

/**
 * A session cookie whose value is the bearer token, as `sessionCookie()` writes it.
 *
 * Methods other than GET, HEAD and OPTIONS are refused with `csrf_rejected` unless their `Origin`
 * is the request's own or a trusted one. Without `Origin` they need `Sec-Fetch-Site: same-origin`;
 * with `Sec-Fetch-Site: cross-site` or `none` they are refused for any `Origin`. Only `SameSite`
 * protects GET and HEAD, so their handlers must not change state.
 */
export interface CookieOptions {
  /**
   * Name of the cookie, such as `__Host-session`. With the prefix `__Host-`, browsers refuse it
   * from neighbouring hosts and over http.
   */
  readonly name: string;
  /**
   * Origins of the same site, besides the request's own, whose pages may send unsafe requests:
   * `https://app.example.com`. Behind a proxy, list the public origin of this application.
   */
  readonly trustedOrigins?: readonly string[] | undefined;
}

/**
 * Checks the options once, at start.
 *
 * @throws {PatronusConfigurationError} that names the option and the remedy
 */
export function checkCredentialOptions(options: CredentialOptions | undefined): void {
  if (options === undefined) return;
  requireObject('credentials', options);
  checkMembers('credentials', options, ['cookie', 'header', 'query']);
  const { cookie, header, query } = options;
  if (header !== undefined) checkHeaderName('credentials.header', header);
  if (query !== undefined) checkParameter(query);
  if (cookie === undefined) return;
  requireObject('credentials.cookie', cookie);
  checkMembers('credentials.cookie', cookie, ['name', 'trustedOrigins']);
  requireCookieName('credentials.cookie.name', cookie.name);
  checkOrigins(cookie.trustedOrigins);
}

function checkParameter(name: unknown): void {
  if (typeof name === 'string' && /^[\w-]+$/.test(name)) return;
  throw new PatronusConfigurationError(
    'credentials.query',
    'is not the name of a query parameter.',
    "Use letters, digits, '-' and '_', such as access_token, or leave it out.",
  );
}

function checkOrigins(origins: unknown): void {
  if (origins === undefined) return;
  const path = 'credentials.cookie.trustedOrigins';
  const remedy = "Give scheme, host and port as a browser sends them: 'https://app.example.com'.";
  for (const [index, origin] of requireTexts(path, origins, remedy).entries()) {
    if (isOrigin(origin)) continue;
    throw new PatronusConfigurationError(
      `${path}[${index}]`,
      'is not an https origin, or http on localhost.',
      remedy,
    );
  }
}

function requireObject(path: string, value: unknown): void {
  if (typeof value === 'object' && value !== null) return;
  throw new PatronusConfigurationError(path, 'is not an object.', 'Give one, or leave it out.');
}

/**
 * Accepts an origin as browsers serialize it (RFC 6454, section 6.1). Wildcards are refused because
 * they would match nothing.
 */
function isOrigin(text: string): boolean {
  return isSecureUrl(text) && new URL(text).origin === text && !text.includes('*');
}
