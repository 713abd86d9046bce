import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { and, inArray, type SQL, sql } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import { Clock } from '../clock.js';
import { PlatformDatabase } from '../database/database.js';
import { PeriodicJob } from '../jobs/periodic-job.js';
import { failureReason } from '../logging/redaction.js';
import { RetentionRules } from './retention-rules.js';

const INTERVAL_MS = 5 * 60 * 1000;
/** Rows removed by one statement: a larger batch would block writers for longer. */
const BATCH = 1000;

/** Removes the rows that are expired by the rules of all rooms. */
@Injectable()
export class RetentionJob implements OnModuleInit, OnModuleDestroy {
  readonly #logger = new Logger('Database');
  readonly #job = new PeriodicJob({
    intervalMs: INTERVAL_MS,
    run: () => this.run(),
    failed: (error) =>
      this.#logger.warn(`Expired rows cannot be removed yet: ${failureReason(error)}`),
  });

  constructor(
    private readonly database: PlatformDatabase,
    private readonly clock: Clock,
    private readonly rules: RetentionRules,
  ) {}

  onModuleInit(): void {
    this.#job.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.#job.stop();
  }

  /** Removes all expired rows, one batch at a time. @throws if the database does not answer */
  async run(): Promise<void> {
    const now = this.clock.now().getTime();
    const before = (seconds: number) => new Date(now - seconds * 1000);
    for (const { table, where } of this.rules.conditions(before)) await this.#clear(table, where);
  }

  async #clear(table: PgTable, condition: SQL): Promise<void> {
    const place = sql`${table}.ctid`;
    let removed = BATCH;
    while (removed === BATCH && !this.#job.isStopping) {
      const batch = this.database.db.select({ place }).from(table).where(condition).limit(BATCH);
      const rows = await this.database.db
        .delete(table)
        // Checks the condition again: a row may have changed since, and kept its place.
        .where(and(condition, inArray(place, batch)))
        .returning({ place });
      removed = rows.length;
    }
  }
}
