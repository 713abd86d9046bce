import type { RequestHandler } from 'express';
import type { ServerSettings } from '../settings/server-settings.js';

/** Two years, in seconds: what preload lists ask for. */
const HSTS = 63_072_000;

/** What must never be kept: answers about people, and tokens. The public keys may be. */
const PRIVATE = /^\/(?:api|dev|oauth(?!\/jwks))(?:\/|$)/i;

/** The headers of every answer, until a page or oidc-provider sets its own. */
export function securityHeaders({ issuer }: ServerSettings): RequestHandler {
  const always = {
    'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    ...(issuer.startsWith('https:') && {
      'Strict-Transport-Security': `max-age=${HSTS}; includeSubDomains`,
    }),
  };
  return (request, response, next) => {
    response.set(always);
    if (PRIVATE.test(request.path)) response.set('Cache-Control', 'no-store');
    next();
  };
}
