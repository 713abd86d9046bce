import type { Server } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { INestApplication } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Request, RequestHandler } from 'express';
import { Logger, PinoLogger } from 'nestjs-pino';
import { Readiness } from '../health/health.controller.js';
import { requestLog } from '../logging/logging.js';
import { printFatal, printProcessLine } from '../logging/process-log.js';
import { measureRequests, PlatformMetrics } from '../metrics/metrics.js';
import type { ServerSettings } from '../settings/server-settings.js';
import { DEVICE_HEADER } from './device.js';
import { rememberRequest } from './request-facts.js';

/** The time for which a browser caches the permissions of CORS, in seconds. */
const REMEMBERED = 600;
/** Response headers that programs on other origins may read. */
const EXPOSED = [
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'WWW-Authenticate',
  DEVICE_HEADER,
  'X-Request-Id',
];

/**
 * Allows pages of the configured origins to call the API, with tokens and without cookies. oidc-provider
 * decides for the endpoints of OAuth. Pages and operation are closed to other origins.
 */
function allowOrigins(app: INestApplication, { corsOrigins }: ServerSettings): void {
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

/** Two years, in seconds, as preload lists require. */
const HSTS = 63_072_000;

/** Paths whose answers must not be stored: they contain personal data or tokens. Public keys may be stored. */
const PRIVATE = /^\/(?:api|dev|oauth(?!\/jwks))(?:\/|$)/i;

/**
 * The headers of every answer, until a page or oidc-provider sets its own. `helmet` has other defaults for
 * each of them, and sets nine more: all of it would be options.
 */
function securityHeaders({ issuer }: ServerSettings): RequestHandler {
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

/** Mounts the middleware of every request, before all other middleware. */
export function mountOperation(app: NestExpressApplication, settings: ServerSettings): void {
  app.useLogger(app.get(Logger, { strict: false }));
  app.use(rememberRequest);
  app.use(requestLog(PinoLogger.root));
  app.use(measureRequests(app.get(PlatformMetrics, { strict: false })));
  app.use(securityHeaders(settings));
  allowOrigins(app, settings);
}

/** The time limit for requests in flight, and then for jobs and the database, in milliseconds. */
const MAX_WAIT_MS = 10_000;
/** The interval at which idle connections are closed, in milliseconds. */
const INTERVAL_MS = 50;

/**
 * Shuts the process down on SIGTERM and SIGINT. It becomes unready, refuses new connections, finishes
 * requests in flight, stops jobs and closes the database. A second signal ends it at once.
 *
 * It refuses connections only after the delay of the settings: load balancers see that it is not ready before.
 */
export function stopOnSignal(
  app: INestApplication<Server>,
  { production, shutdownDelay }: Pick<ServerSettings, 'production' | 'shutdownDelay'>,
): void {
  let isStopping = false;
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    if (isStopping) process.exit(1);
    isStopping = true;
    printProcessLine('info', `Patronus stops after ${signal}`, { production });
    const delayMs = shutdownDelay * 1000;
    setTimeout(() => process.exit(1), delayMs + 2 * MAX_WAIT_MS).unref();
    try {
      app.get(Readiness, { strict: false }).leave();
      await delay(delayMs);
      await drain(app.getHttpServer());
      await app.close();
      printProcessLine('info', 'Patronus has stopped', { production });
      process.exit(0);
    } catch (error) {
      printFatal(error, false, production);
      process.exit(1);
    }
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal));
}

/** Waits for requests that are in flight, and closes connections that exceed the limit. */
async function drain(server: Server): Promise<void> {
  const ended = new Promise<void>((resolve) => server.close(() => resolve()));
  const idle = setInterval(() => server.closeIdleConnections(), INTERVAL_MS);
  const bound = setTimeout(() => server.closeAllConnections(), MAX_WAIT_MS);
  await ended;
  clearInterval(idle);
  clearTimeout(bound);
}
