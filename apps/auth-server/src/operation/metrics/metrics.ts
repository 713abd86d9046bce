import {
  Injectable,
  type OnApplicationShutdown,
  Controller,
  Get,
  Global,
  Headers,
  Module,
  Res,
  UnauthorizedException,
} from '@nestjs/common';
import type { Request, RequestHandler, Response } from 'express';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { createHash, timingSafeEqual } from 'node:crypto';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '@patronus/nestjs';
import { PlatformError } from '../http/errors.js';
import { ServerSettings } from '../settings/server-settings.js';

/** The buckets of durations, in seconds: from an answer out of memory to one that waits for a hash. */
const DURATIONS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** The metrics of the platform. Labels have few values, and callers cannot choose them. */
@Injectable()
export class PlatformMetrics implements OnApplicationShutdown {
  readonly registry = new Registry();

  readonly requests = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Requests by route and status.',
    labelNames: ['method', 'route', 'status'],
    buckets: DURATIONS,
    registers: [this.registry],
  });

  /** `outcome`: `success` if a session started or was proven again, otherwise the code of the refusal. */
  readonly logins = new Counter({
    name: 'patronus_logins_total',
    help: 'Logins by outcome.',
    labelNames: ['outcome'],
    registers: [this.registry],
  });

  /** `kind`: `access`, `refresh` or `id`. */
  readonly tokens = new Counter({
    name: 'patronus_tokens_issued_total',
    help: 'Tokens issued by kind.',
    labelNames: ['kind'],
    registers: [this.registry],
  });

  /** Counts what was recorded, by the types of the catalogue: the stages of registration, reset and sign-in. */
  readonly events = new Counter({
    name: 'patronus_events_total',
    help: 'Recorded events by type and outcome.',
    labelNames: ['type', 'outcome'],
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  /** Counts the outcome of a login, and passes it on. */
  async countLogin<Result>(attempt: Promise<Result>): Promise<Result> {
    const result = await this.countFailure(attempt);
    this.logins.inc({ outcome: 'success' });
    return result;
  }

  /** Counts a step of a login if it fails. Its success is not yet that of the login. */
  async countFailure<Result>(step: Promise<Result>): Promise<Result> {
    try {
      return await step;
    } catch (error) {
      this.logins.inc({ outcome: error instanceof PlatformError ? error.code : 'failure' });
      throw error;
    }
  }

  onApplicationShutdown(): void {
    this.registry.clear();
  }

  /** Adds a gauge, which is read at each scrape. A room registers its gauges when it starts. */
  watch(name: string, help: string, read: () => number | Promise<number>): void {
    const gauge: Gauge = new Gauge({
      name,
      help,
      registers: [this.registry],
      collect: async () => gauge.set(await read()),
    });
  }
}

/** The paths of oidc-provider, which have no route in Express. */
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

/** Returns the declared route of a request. The path itself would create unlimited labels. */
function routeLabel(request: Request, path: string): string {
  const route: unknown = request.route;
  if (typeof route === 'object' && route !== null && 'path' in route) {
    return typeof route.path === 'string' ? route.path : 'pattern';
  }
  if (OAUTH.has(path)) return path;
  return path.startsWith('/oauth/') ? '/oauth/*' : 'none';
}

/** Tells if an answer is a stream, which takes as long as its receiver listens. */
function isStream(response: Response): boolean {
  return String(response.getHeader('content-type')).startsWith('text/event-stream');
}

/** Measures each request from its first byte to the end of its answer, except streams. */
export function measureRequests({ requests }: PlatformMetrics): RequestHandler {
  return (request, response, next) => {
    const { method, path } = request;
    const end = requests.startTimer();
    response.once('close', () => {
      if (isStream(response)) return;
      end({ method, route: routeLabel(request, path), status: response.statusCode });
    });
    next();
  };
}

/** Metrics for Prometheus. They need the token of the settings, or are open in development without one. */
@Controller('metrics')
@ApiExcludeController()
class MetricsController {
  constructor(
    private readonly metrics: PlatformMetrics,
    private readonly settings: ServerSettings,
  ) {}

  @Get()
  @Public()
  async read(
    @Headers('authorization') authorization: string | undefined,
    @Res() response: Response,
  ): Promise<void> {
    const { metricsToken, production } = this.settings;
    if (metricsToken === undefined && production) throw new PlatformError('not_found');
    if (metricsToken !== undefined && !isSame(authorization ?? '', `Bearer ${metricsToken}`)) {
      response.setHeader('WWW-Authenticate', 'Bearer');
      throw new UnauthorizedException();
    }
    const text = await this.metrics.registry.metrics();
    response.setHeader('Cache-Control', 'no-store');
    response.type(this.metrics.registry.contentType).send(text);
  }
}

/** Compares two texts in constant time. */
function isSame(presented: string, expected: string): boolean {
  return timingSafeEqual(digest(presented), digest(expected));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** Provides `PlatformMetrics` to every room without an import. */
@Global()
@Module({
  controllers: [MetricsController],
  providers: [PlatformMetrics],
  exports: [PlatformMetrics],
})
export class MetricsModule {}
