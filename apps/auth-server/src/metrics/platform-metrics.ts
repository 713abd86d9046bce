import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

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
