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
import { isAuditStalled, numberAudit } from './audit/audit-numbers.js';
import { type Counter, readCounter } from './event-counters.js';
import { isOutboxStalled, numberOutbox } from './outbox/event-outbox.js';

/** In milliseconds. */
const INTERVAL_MS = 200;
const WAKE_AFTER_MS = 50;
/** The age of an event without a number at which another instance than the leading one numbers it. */
const STALLED_MS = 5000;
/** The interval at which an instance that does not lead looks for such events. */
const STAND_IN_INTERVAL_MS = 1000;

type Numbers = typeof numberAudit;

/**
 * Numbers committed events, without gaps. One instance of all does it. It looks after each commit of its own
 * process, and at an interval for those of others.
 *
 * If it hangs, the others stand in for it. Several instances may number at once: each statement raises a counter
 * from the value that its instance knows, and numbers nothing if another one has raised it.
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
  /** The time of the next look for events that the leading instance leaves. */
  #standInAt = 0;
  #isStandingIn = false;
  #isTold = false;

  constructor(private readonly database: PlatformDatabase) {
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
      if (db === undefined) return this.#standIn();
      await this.#number(db, 'outbox', numberOutbox);
      if (performance.now() >= this.#auditAt) {
        await this.#number(db, 'audit', numberAudit);
        this.#auditAt = performance.now() + INTERVAL_MS / 2;
      }
      // A commit during the run may have come too late for its statement.
    } while (this.#isWoken && !this.#job.isStopping);
    this.#isTold = false;
  }

  /** Numbers events in place of an instance that leads and does not answer. */
  async #standIn(): Promise<void> {
    this.#counters.clear();
    if (performance.now() < this.#standInAt) return;
    const { db } = this.database;
    const isStalled =
      (await isOutboxStalled(db, STALLED_MS)) ||
      (await isAuditStalled(db, await readCounter(db, 'audit'), STALLED_MS));
    if (isStalled) {
      if (!this.#isStandingIn) {
        this.#logger.warn('The instance that numbers events does not answer. This one stands in.');
      }
      await this.#number(db, 'outbox', numberOutbox);
      await this.#number(db, 'audit', numberAudit);
    }
    this.#isStandingIn = isStalled;
    this.#isTold = false;
    this.#standInAt = performance.now() + STAND_IN_INTERVAL_MS;
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
    void this.#disconnect();
    if (!this.#isTold) {
      this.#logger.warn(`Events cannot be numbered yet: ${failureReason(error)}`);
    }
    this.#isTold = true;
  }
  /** Ends a connection that may not answer any more, and may never end by itself. The next run makes another one. */
  async #disconnect(): Promise<void> {
    await this.#leadership.release().catch(() => undefined);
  }
}
