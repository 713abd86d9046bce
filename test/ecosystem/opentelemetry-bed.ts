import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  type Attributes,
  type Context,
  context,
  type ContextManager,
  metrics,
  ROOT_CONTEXT,
  trace,
} from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';

class AsyncContextManager implements ContextManager {
  private readonly storage = new AsyncLocalStorage<Context>();

  active(): Context {
    return this.storage.getStore() ?? ROOT_CONTEXT;
  }
  with: ContextManager['with'] = (within, work, self, ...args) =>
    this.storage.run(within, () => work.call(self, ...args));
  bind: ContextManager['bind'] = (_within, target) => target;
  enable(): this {
    return this;
  }
  disable(): this {
    return this;
  }
}

/** Count or histogram, with the members that tests check. */
export interface Measured {
  readonly attributes: Attributes;
  /** Sum of a counter, or number of values of a histogram. */
  readonly value: number;
}

/** SDKs of OpenTelemetry in this process, with the data that they gathered. */
export class TelemetryBed {
  readonly spans = new InMemorySpanExporter();
  private readonly reader = new PeriodicExportingMetricReader({
    exporter: new InMemoryMetricExporter(AggregationTemporality.DELTA),
    exportIntervalMillis: 3_600_000,
  });
  private readonly meters = new MeterProvider({ readers: [this.reader] });

  start(): void {
    context.setGlobalContextManager(new AsyncContextManager());
    metrics.setGlobalMeterProvider(this.meters);
    const spanProcessors = [new SimpleSpanProcessor(this.spans)];
    trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors }));
  }

  async stop(): Promise<void> {
    for (const api of [context, metrics, trace]) api.disable();
    await this.meters.shutdown();
  }

  /** Returns the measurements since the last call, by the name of the metric. */
  async measured(): Promise<ReadonlyMap<string, readonly Measured[]>> {
    const { resourceMetrics } = await this.reader.collect();
    const all = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics);
    return new Map(
      all.map(({ descriptor, dataPoints }) => [
        `${descriptor.name} ${descriptor.unit}`,
        dataPoints.map(({ attributes, value }) => ({
          attributes,
          value: typeof value === 'number' ? value : value.count,
        })),
      ]),
    );
  }

  /** Returns everything that was exported, as text. */
  async exported(): Promise<string> {
    const spans = this.spans.getFinishedSpans().map(({ name, attributes, events, status }) => ({
      name,
      attributes,
      events,
      status,
    }));
    return JSON.stringify([...(await this.measured())]) + JSON.stringify(spans);
  }
}

/** Creates one span for each request, as an instrumentation of HTTP servers does. */
export function serverSpan(_request: IncomingMessage, response: ServerResponse, next: () => void) {
  trace.getTracer('server').startActiveSpan('GET', (span) => {
    response.on('close', () => span.end());
    next();
  });
}
