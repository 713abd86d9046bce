import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Request, RequestHandler } from 'express';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { HashQueue } from '../../credentials/password/hash-queue.js';
import { MailQueue } from '../../notifications/mail-queue.js';

/** In seconds: from an answer out of memory to one that waited for a hash. */
const DURATIONS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** What Prometheus reads. Labels have few values, and never one that a caller chose. */
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

  /** `outcome`: `success`, or the code of the refusal. */
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

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  onApplicationShutdown(): void {
    this.registry.clear();
  }

  /** A number that is read when Prometheus asks. */
  watch(name: string, help: string, read: () => number | Promise<number>): void {
    const gauge: Gauge = new Gauge({
      name,
      help,
      registers: [this.registry],
      collect: async () => gauge.set(await read()),
    });
  }
}

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
function routeLabel(request: Request, path: string): string {
  const route: unknown = request.route;
  if (typeof route === 'object' && route !== null && 'path' in route) {
    return typeof route.path === 'string' ? route.path : 'pattern';
  }
  if (OAUTH.has(path)) return path;
  return path.startsWith('/oauth/') ? '/oauth/*' : 'none';
}

/** Measures each request from its first byte to the end of its answer. */
export function measureRequests({ requests }: PlatformMetrics): RequestHandler {
  return (request, response, next) => {
    const { method, path } = request;
    const end = requests.startTimer();
    response.once('close', () => {
      end({ method, route: routeLabel(request, path), status: response.statusCode });
    });
    next();
  };
}

/** What waits, and for how many. */
@Injectable()
export class QueueGauges implements OnModuleInit {
  constructor(
    private readonly metrics: PlatformMetrics,
    private readonly hashes: HashQueue,
    private readonly mails: MailQueue,
  ) {}

  onModuleInit(): void {
    const { metrics, hashes, mails } = this;
    metrics.watch('patronus_hashes_running', 'Hashes being made.', () => hashes.running);
    metrics.watch('patronus_hashes_waiting', 'Hashes in line.', () => hashes.waiting);
    metrics.watch('patronus_mails_waiting', 'Mails to be sent.', () => mails.waiting());
  }
}
