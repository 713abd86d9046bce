import { setTimeout as sleep } from 'node:timers/promises';
import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
  Optional,
} from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { isLockTimeout, PlatformDatabase, rowsOf } from '../../operation/database/database.js';
import { PeriodicJob, type Retry } from '../../operation/jobs/periodic-job.js';
import { failureReason } from '../../operation/logging/redaction.js';
import { ServerSettings } from '../../operation/settings/server-settings.js';
import { Events } from '../events.service.js';
import { makePartitions } from './audit-trail.js';

/** In milliseconds. */
const INTERVAL_MS = 60 * 60 * 1000;
/** The number of attempts to drop a partition, and the pause between them in milliseconds. */
const ATTEMPTS = 20;
const PAUSE_MS = 250;
/** An autovacuum of a partition takes minutes and does not give way. The next hour would be late. */
const RETRY: Retry = { afterMs: 60_000, times: 10 };

const GAP = z.object({
  retention: z.coerce.number(),
  from_at: z.coerce.date(),
  until_at: z.coerce.date(),
  events: z.coerce.number(),
});
const DROPPED = z.object({ name: z.string().nullable() });

/**
 * Makes the partitions of the audit log ahead, and drops those whose retention has ended. Functions of the
 * database do it, and decide what has ended.
 */
@Injectable()
export class AuditRetention implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #logger = new Logger('Events');
  readonly #job: PeriodicJob;
  #isWarned = false;

  constructor(
    private readonly database: PlatformDatabase,
    private readonly settings: ServerSettings,
    private readonly events: Events,
    @Optional() retry: Retry = RETRY,
  ) {
    this.#job = new PeriodicJob({
      intervalMs: INTERVAL_MS,
      run: () => this.run(),
      failed: (error) => this.#warn(error),
      retry,
    });
  }

  onApplicationBootstrap(): void {
    void this.#job.runNow();
    this.#job.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.#job.stop();
  }

  /** @throws if the database does not answer, or a writer holds a partition for too long */
  async run(): Promise<void> {
    const days = this.settings.auditRetention;
    await makePartitions(this.database.db, days);
    while (!this.#job.isStopping && (await this.#emptyOne()));
    while (!this.#job.isStopping && (await this.#dropOne()));
    this.#isWarned = false;
  }

  /** Reports the first failure of several in a row. */
  #warn(error: unknown): void {
    if (!this.#isWarned) {
      this.#logger.warn(`The audit log cannot be maintained yet: ${failureReason(error)}`);
    }
    this.#isWarned = true;
  }

  /** Empties the partition of one day, and records the gap. */
  #emptyOne(): Promise<boolean> {
    return this.database.db.transaction(async (tx) => {
      const [row] = rowsOf(await tx.execute(sql`select * from audit_empty_expired()`));
      if (row === undefined) return false;
      const { retention, from_at: from, until_at: until, events } = GAP.parse(row);
      const details = { retention, from, until, events };
      await this.events.record(tx, { type: 'audit.dropped', details });
      return true;
    });
  }

  /** Drops the partition of one day. Tries again if writers hold the log for the tenth of a second that it waits. */
  async #dropOne(): Promise<boolean> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const [row] = rowsOf(
          await this.database.db.execute(sql`select audit_drop_emptied() as name`),
        );
        return DROPPED.parse(row).name !== null;
      } catch (error) {
        if (attempt === ATTEMPTS || !isLockTimeout(error) || this.#job.isStopping) throw error;
        await sleep(PAUSE_MS);
      }
    }
  }
}
