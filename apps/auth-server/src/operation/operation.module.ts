import { Module } from '@nestjs/common';
import { type PoolUse, PlatformDatabase } from './database/database.js';
import { HealthModule } from './health/health.controller.js';
import { MetricsModule, PlatformMetrics } from './metrics/metrics.js';
import { RetentionJob } from './retention/retention-rules.js';

/** Health, metrics, and the removal of expired rows. */
@Module({ imports: [HealthModule, MetricsModule], providers: [RetentionJob] })
export class OperationModule {
  constructor(metrics: PlatformMetrics, database: PlatformDatabase) {
    if (database.poolUse === undefined) return;
    const watch = (name: string, help: string, of: keyof PoolUse) =>
      metrics.watch(`patronus_database_${name}`, help, () => database.poolUse?.[of] ?? 0);
    watch('connections', 'Open connections to PostgreSQL.', 'open');
    watch('connections_idle', 'Open connections that nothing uses.', 'idle');
    watch('connections_awaited', 'Statements and transactions that wait for one.', 'waiting');
  }
}
