import { checkMembers } from '../errors/check-option.js';
import { PatronusConfigurationError } from '../errors/configuration.error.js';
import { requireTexts } from '../errors/require-option.js';
import { isSecureUrl } from '../identity/secure-url.js';
import { requireCookieName } from './cookie-name.js';
import { checkHeaderName } from './named-header.js';

/** The `credentials` member of the module's options: where a credential may come from. */
export interface CredentialOptions {
  /** Takes the bearer token from a cookie as well. Off unless given. */
  readonly cookie?: CookieOptions | undefined;
  /**
   * Takes the credential from this header as well, as a proxy may set it: `x-access-token`. It holds a
   * token alone, or a scheme and a token. A proxy that sets it must remove it from what callers send.
   */
  readonly header?: string | undefined;
  /**
   * The query parameter that routes with `@AllowQueryToken()` take the token from: `access_token`.
   * Other routes do not look at it.
   */
  readonly query?: string | undefined;
}

/**
 * A session cookie whose value is the bearer token, as `sessionCookie()` writes it.
 *
 * Methods other than GET, HEAD and OPTIONS are refused with `csrf_rejected` unless their `Origin` is
 * the request's own or a trusted one. Without `Origin` they need `Sec-Fetch-Site: same-origin`; with
 * `Sec-Fetch-Site: cross-site` or `none` they are refused whatever the `Origin`. GET and HEAD are
 * guarded by `SameSite` alone, and must change nothing.
 */
export interface CookieOptions {
  /** `__Host-session`: with `__Host-`, browsers refuse it from neighbouring hosts and over http. */
  readonly name: string;
  /**
   * Origins of the same site whose pages may send unsafe requests, beside the request's own:
   * `https://app.example.com`. Behind a proxy, list the public origin of this application.
   */
  readonly trustedOrigins?: readonly string[] | undefined;
}

/** @throws {PatronusConfigurationError} that names the option and the remedy */
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

/** As browsers serialize it (RFC 6454, section 6.1). No wildcards: they would match nothing. */
function isOrigin(text: string): boolean {
  return isSecureUrl(text) && new URL(text).origin === text && !text.includes('*');
}
