import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HashQueue } from '../passwords/hash-queue.js';
import { MailQueue } from '../mail/mail-queue.js';
import { PlatformMetrics } from './platform-metrics.js';

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
