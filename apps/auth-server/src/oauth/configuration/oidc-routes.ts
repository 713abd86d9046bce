/** Where oidc-provider answers. Discovery tells clients. */
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

const DISCOVERY = '/.well-known/openid-configuration';

/** Other spellings of an address, by which it is asked for. */
const ALIASES: Readonly<Record<string, string>> = {
  '/.well-known/openid_configuration': DISCOVERY,
};

/** RFC 8414. */
const OWN_PATHS = [DISCOVERY, '/.well-known/oauth-authorization-server'];

/** The path by which oidc-provider knows it; undefined where it is not oidc-provider's. */
export function oidcPathOf(path: string): string | undefined {
  const known = ALIASES[path] ?? path;
  return known.startsWith('/oauth/') || OWN_PATHS.includes(known) ? known : undefined;
}
