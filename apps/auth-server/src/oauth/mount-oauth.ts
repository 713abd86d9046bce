import type { NestExpressApplication } from '@nestjs/platform-express';
import type { RequestHandler } from 'express';
import { limitRequests } from '../limits/limit-requests.js';
import type { RateLimitName } from '../limits/rate-limit.policies.js';
import { RateLimits } from '../limits/rate-limits.js';
import { OIDC_ROUTES, oidcPathOf } from './configuration/oidc-routes.js';
import { OidcProviderHost } from './oidc-provider.host.js';

/** Discovery and keys have none: they are for everybody, and cost nothing. */
const LIMITS: Readonly<Record<string, RateLimitName>> = {
  [OIDC_ROUTES.authorization]: 'authorize',
  [OIDC_ROUTES.end_session]: 'authorize',
  [OIDC_ROUTES.code_verification]: 'device',
  [OIDC_ROUTES.device_authorization]: 'token',
  [OIDC_ROUTES.token]: 'token',
  [OIDC_ROUTES.revocation]: 'token',
  [OIDC_ROUTES.pushed_authorization_request]: 'token',
  [OIDC_ROUTES.introspection]: 'introspect',
  [OIDC_ROUTES.userinfo]: 'introspect',
  [OIDC_ROUTES.registration]: 'registration',
};

/**
 * Lets oidc-provider answer what is its own. Before any body parser: it reads bodies itself, and sees
 * there what came twice.
 */
export function mountOAuth(app: NestExpressApplication): void {
  const host = app.get(OidcProviderHost, { strict: false });
  const limits = app.get(RateLimits, { strict: false });
  for (const [path, name] of Object.entries(LIMITS)) app.use(path, limitRequests(limits, name));
  app.use(answering(host));
}

function answering(host: OidcProviderHost): RequestHandler {
  return async (request, response, next) => {
    const path = oidcPathOf(request.path);
    if (path === undefined) return next();
    request.url = path + request.url.slice(request.path.length);
    return host.handle(request, response);
  };
}
