import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { and, eq, inArray, lte, sql } from 'drizzle-orm';
import { accountParty } from '../events/catalogue.js';
import { Events } from '../events/events.service.js';
import { Clock } from '../operation/clock.js';
import { type DatabaseSession, PlatformDatabase } from '../operation/database/database.js';
import { PeriodicJob } from '../operation/jobs/periodic-job.js';
import { failureReason } from '../operation/logging/redaction.js';
import { PersonalData } from '../operation/personal-data/personal-data.js';
import { accounts } from './accounts.table.js';

/** In milliseconds. */
const INTERVAL_MS = 60 * 60 * 1000;
const BATCH = 100;

/**
 * Removes the personal data of deleted accounts when it is due: at start, and once an hour. The id stays
 * and identifies no person.
 */
@Injectable()
export class Anonymiser implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #logger = new Logger('Accounts');
  readonly #job = new PeriodicJob({
    intervalMs: INTERVAL_MS,
    run: () => this.run(),
    failed: (error) =>
      this.#logger.warn(`Deleted accounts cannot be anonymised yet: ${failureReason(error)}`),
  });

  constructor(
    private readonly database: PlatformDatabase,
    private readonly clock: Clock,
    private readonly personalData: PersonalData,
    private readonly events: Events,
  ) {}

  onApplicationBootstrap(): void {
    void this.#job.runNow();
    this.#job.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.#job.stop();
  }

  /** Anonymises all accounts that are due, one transaction a batch. Any instance may run it. */
  async run(): Promise<void> {
    let done: number;
    do done = await this.database.db.transaction((tx) => this.batch(tx));
    while (done === BATCH);
  }

  private async batch(tx: DatabaseSession): Promise<number> {
    const due = await tx
      .select({ id: accounts.id })
      .from(accounts)
      .where(and(eq(accounts.state, 'deleted'), lte(accounts.anonymiseAt, this.clock.now())))
      .limit(BATCH)
      .for('update', { skipLocked: true });
    const ids = due.map(({ id }) => id);
    if (ids.length === 0) return 0;
    await tx
      .update(accounts)
      .set({
        state: 'anonymised',
        email: null,
        emailKey: null,
        emailVerifiedAt: null,
        username: null,
        usernameKey: null,
        name: null,
        passwordHash: null,
        securityVersion: sql`${accounts.securityVersion} + 1`,
        anonymiseAt: null,
        updatedAt: this.clock.now(),
      })
      .where(inArray(accounts.id, ids));
    const erased = ids.map(
      (id) => ({ type: 'account.erased', subject: accountParty(id) }) as const,
    );
    await this.events.record(tx, ...erased);
    // Destroys the keys of what was recorded about them, and the way from the ids to it.
    await this.personalData.forget(tx, ids);
    return ids.length;
  }
}
