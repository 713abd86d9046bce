import { Global, Module } from '@nestjs/common';
import { MailModule } from '../mail/mail.module.js';
import { MetricsController } from './metrics.controller.js';
import { PlatformMetrics } from './platform-metrics.js';
import { QueueGauges } from './queue-gauges.js';

/** Any room may count: `PlatformMetrics` is there without an import. */
@Global()
@Module({
  imports: [MailModule],
  controllers: [MetricsController],
  providers: [PlatformMetrics, QueueGauges],
  exports: [PlatformMetrics],
})
export class MetricsModule {}
