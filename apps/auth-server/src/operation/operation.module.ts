import { Module } from '@nestjs/common';
import { HealthModule } from './health/health.controller.js';
import { MetricsModule } from './metrics/metrics.js';
import { RetentionJob } from './retention/retention-rules.js';

/** Health, metrics, and the removal of expired rows. */
@Module({ imports: [HealthModule, MetricsModule], providers: [RetentionJob] })
export class OperationModule {}
