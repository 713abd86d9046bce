import type { INestApplication } from '@nestjs/common';
import type { Request } from 'express';
import type { ServerSettings } from '../settings/server-settings.js';

/** In seconds: for how long a browser remembers what it may ask. */
const REMEMBERED = 600;
/** What programs on other origins may read, beside the body. */
const EXPOSED = [
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'WWW-Authenticate',
  'X-Request-Id',
];

/**
 * Lets pages of the origins that the settings name ask the API, without cookies: they present tokens.
 * The endpoints of OAuth are oidc-provider's, and pages and operation are for no other origin.
 */
export function allowOrigins(app: INestApplication, { corsOrigins }: ServerSettings): void {
  const options = {
    origin: [...corsOrigins],
    credentials: false,
    exposedHeaders: EXPOSED,
    maxAge: REMEMBERED,
  };
  app.enableCors(({ path }: Request, decide: (error: null, chosen: object) => void) =>
    decide(null, /^\/api(?:\/|$)/i.test(path) ? options : { origin: false }),
  );
}
