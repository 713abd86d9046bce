import { Module } from '@nestjs/common';
import { Clock } from '../operation/clock.js';
import { PlatformDatabase } from '../operation/database/database.js';
import { HealthModule } from '../operation/health/health.controller.js';
import { PlatformMetrics } from '../operation/metrics/metrics.js';
import { ServerSettings } from '../operation/settings/server-settings.js';
import { AuditRetention } from './audit/audit-retention.job.js';
import { AuditSubjects } from './audit/audit-subjects.js';
import { EventNumbering } from './event-numbering.js';
import { Events } from './events.service.js';
import { EventOutbox } from './outbox/event-outbox.js';
import { EventRelay } from './outbox/event-relay.js';
import { EventStreams } from './outbox/event-streams.js';
import { EventsController } from './outbox/events.controller.js';
import { EventReaders, RevocationsInForce } from './outbox/stream-ports.js';

/** The record of what happens: the audit log, and the events that applications hear of. */
@Module({
  imports: [HealthModule],
  controllers: [EventsController],
  providers: [
    AuditRetention,
    AuditSubjects,
    EventNumbering,
    EventOutbox,
    EventReaders,
    EventRelay,
    EventStreams,
    RevocationsInForce,
    {
      provide: Events,
      inject: [
        PlatformDatabase,
        AuditSubjects,
        EventOutbox,
        EventNumbering,
        Clock,
        ServerSettings,
        PlatformMetrics,
      ],
      useFactory: (...parts: Parameters<typeof Events.open>) => Events.open(...parts),
    },
  ],
  exports: [AuditSubjects, EventOutbox, EventReaders, Events, RevocationsInForce],
})
export class EventsModule {}
