import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../clock/clock.js';
import type { DatabaseSession } from '../database/platform-database.js';
import { mails } from '../database/schema/index.js';
import { Sealer } from '../sealing/sealer.js';
import type { Mail } from './mail.js';

/** Where mails are put. They go out once the transaction that they tell of has been committed. */
@Injectable()
export class Outbox {
  constructor(
    private readonly sealer: Sealer,
    private readonly clock: Clock,
  ) {}

  async put(session: DatabaseSession, mail: Mail): Promise<void> {
    const id = randomUUID();
    const sealed = this.sealer.seal('mails', id, JSON.stringify(mail));
    const now = this.clock.now();
    await session.insert(mails).values({ id, sealed, createdAt: now, nextAttemptAt: now });
  }
}
