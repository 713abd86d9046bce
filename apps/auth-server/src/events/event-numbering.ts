import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import {
  ADVISORY_LOCKS,
  type DatabaseSession,
  type Leadership,
  PlatformDatabase,
} from '../operation/database/database.js';
import { PeriodicJob } from '../operation/jobs/periodic-job.js';
import { failureReason } from '../operation/logging/redaction.js';
import { numberAudit } from './audit/audit-numbers.js';
import { type Counter, readCounter } from './event-counters.js';
import { numberOutbox } from './outbox/event-outbox.js';

/** In milliseconds. */
const INTERVAL_MS = 200;
const WAKE_AFTER_MS = 50;

type Numbers = typeof numberAudit;

/**
 * Numbers committed events, without gaps. One instance of all does it. It looks after each commit of its own
 * process, and at an interval for those of others.
 */
@Injectable()
export class EventNumbering implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #logger = new Logger('Events');
  readonly #leadership: Leadership;
  readonly #job = new PeriodicJob({
    intervalMs: INTERVAL_MS,
    run: () => this.#run(),
    failed: (error) => this.#postpone(error),
  });
  /** The counters as this instance left them. Undefined before it leads. */
  readonly #counters = new Map<'audit' | 'outbox', Counter>();
  #timer: NodeJS.Timeout | undefined;
  #isWoken = false;
  /** The time of the next look at the audit log, which nothing waits for. */
  #auditAt = 0;
  #isTold = false;

  constructor(database: PlatformDatabase) {
    this.#leadership = database.leadership(ADVISORY_LOCKS.eventNumbers);
  }

  onApplicationBootstrap(): void {
    this.#job.start();
    this.wake();
  }

  async onModuleDestroy(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#job.stop();
    await this.#leadership.release();
  }

  /** Looks for new events soon. Commits that follow each other at short intervals share one look. */
  wake(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#isWoken = true;
      void this.#job.runNow();
    }, WAKE_AFTER_MS).unref();
  }

  async #run(): Promise<void> {
    do {
      this.#isWoken = false;
      const db = await this.#leadership.take();
      if (db === undefined) {
        this.#counters.clear();
        return;
      }
      await this.#number(db, 'outbox', numberOutbox);
      if (performance.now() >= this.#auditAt) {
        await this.#number(db, 'audit', numberAudit);
        this.#auditAt = performance.now() + INTERVAL_MS / 2;
      }
      // A commit during the run may have come too late for its statement.
    } while (this.#isWoken && !this.#job.isStopping);
    this.#isTold = false;
  }

  async #number(db: DatabaseSession, name: 'audit' | 'outbox', number: Numbers): Promise<void> {
    let isDone = false;
    while (!isDone && !this.#job.isStopping) {
      const counter = this.#counters.get(name) ?? (await readCounter(db, name));
      const numbered = await number(db, counter);
      if (numbered === undefined) this.#counters.delete(name);
      else this.#counters.set(name, numbered.counter);
      isDone = numbered?.isDone === true;
    }
  }

  #postpone(error: unknown): void {
    this.#counters.clear();
    if (!this.#isTold) {
      this.#logger.warn(`Events cannot be numbered yet: ${failureReason(error)}`);
    }
    this.#isTold = true;
  }
}
