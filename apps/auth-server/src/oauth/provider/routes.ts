/** The endpoints of oidc-provider, as discovery publishes them. */
export const OIDC_ROUTES = {
  authorization: '/oauth/authorize',
  token: '/oauth/token',
  userinfo: '/oauth/userinfo',
  introspection: '/oauth/introspect',
  revocation: '/oauth/revoke',
  jwks: '/oauth/jwks',
  registration: '/oauth/register',
  pushed_authorization_request: '/oauth/par',
  device_authorization: '/oauth/device_authorization',
  code_verification: '/oauth/device',
  end_session: '/oauth/logout',
} as const;

/** The largest body that oidc-provider reads, in bytes. */
export const MAX_BODY = 56 * 1024;

const { authorization, registration, code_verification: device, end_session: logout } = OIDC_ROUTES;
export const DISCOVERY = '/.well-known/openid-configuration';

/** Other spellings of paths that clients request. */
const ALIASES: Readonly<Record<string, string>> = {
  '/.well-known/openid_configuration': DISCOVERY,
};

const PATHS = new Set<string>([
  ...Object.values(OIDC_ROUTES),
  `${logout}/confirm`,
  `${logout}/success`,
  DISCOVERY,
  // RFC 8414.
  '/.well-known/oauth-authorization-server',
]);

/** The paths that may have an id as their last segment. */
const WITH_ID = [authorization, device, registration];

/** Tells if a path answers with pages for people. All other endpoints answer programs. */
export function isPageRoute(path: string): boolean {
  return [authorization, device, logout].some(
    (route) => path === route || path.startsWith(`${route}/`),
  );
}

/**
 * Returns the path of oidc-provider for a request path. Undefined if there is none. The spelling must be exact:
 * oidc-provider ignores case and a trailing slash, but the middleware before it does not.
 */
export function oidcPathOf(path: string): string | undefined {
  const known = ALIASES[path] ?? path;
  return PATHS.has(known) || hasId(known) ? known : undefined;
}

function hasId(path: string): boolean {
  const end = path.lastIndexOf('/');
  return end < path.length - 1 && WITH_ID.some((route) => route === path.slice(0, end));
}
