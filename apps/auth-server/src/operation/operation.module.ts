import { Module } from '@nestjs/common';
import { type ConnectionCounts, PlatformDatabase } from './database/database.js';
import { HealthModule } from './health/health.controller.js';
import { MetricsModule, PlatformMetrics } from './metrics/metrics.js';
import { RetentionJob } from './retention/retention-rules.js';

/** Health, metrics with those of the database, and the removal of expired rows. */
@Module({ imports: [HealthModule, MetricsModule], providers: [RetentionJob] })
export class OperationModule {
  constructor(metrics: PlatformMetrics, database: PlatformDatabase) {
    const watch = (name: string, help: string, count: keyof ConnectionCounts) =>
      metrics.watch(`patronus_database_${name}`, help, () => database.connections[count]);
    watch('connections_open', 'Open connections to the database.', 'open');
    watch('connections_idle', 'Connections to the database that do nothing.', 'idle');
    watch('connections_awaited', 'Statements that wait for a connection.', 'waiting');
  }
}
