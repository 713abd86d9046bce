import type { Request } from 'express';

/** What oidc-provider answers has no route of Express. */
const OAUTH = new Set([
  '/.well-known/openid-configuration',
  '/.well-known/oauth-authorization-server',
  '/oauth/authorize',
  '/oauth/device',
  '/oauth/device_authorization',
  '/oauth/introspect',
  '/oauth/jwks',
  '/oauth/logout',
  '/oauth/par',
  '/oauth/register',
  '/oauth/revoke',
  '/oauth/token',
  '/oauth/userinfo',
]);

/** Which route answered, as it was declared: never the path, of which there are endless many. */
export function routeLabel(request: Request, path: string): string {
  const route: unknown = request.route;
  if (typeof route === 'object' && route !== null && 'path' in route) {
    return typeof route.path === 'string' ? route.path : 'pattern';
  }
  if (OAUTH.has(path)) return path;
  return path.startsWith('/oauth/') ? '/oauth/*' : 'none';
}
