import {
  Injectable,
  Logger,
  Module,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import { and, eq, inArray, isNull, lt, notExists, or, type SQL, sql } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import { Clock } from '../clock.js';
import { failureReason, PlatformDatabase } from '../database/database.js';
import {
  accounts,
  loginFailures,
  mails,
  oidcPayloads,
  oneTimeTokens,
  refreshTokens,
  revokedTokens,
  sessions,
} from '../database/tables.js';
import { ServerSettings } from '../settings/server-settings.js';

/** In milliseconds. */
const EVERY = 5 * 60 * 1000;
/** How many rows go at once, so that nobody waits for long. */
const BATCH = 1000;
/** Seconds that rows are kept on: clocks differ. */
const MARGIN = 300;
/** Seconds after which nothing that a session gave can live: a day, and the margin. */
const AFTER_SESSION = 24 * 60 * 60 + MARGIN;
const FAILURES_KEPT = 24 * 60 * 60;
/** Seconds after which a mail that is not going to be sent is forgotten. */
const MAILS_KEPT = 7 * 24 * 60 * 60;
/** Seconds after which an address that nobody confirmed is forgotten. */
const UNCONFIRMED_KEPT = 7 * 24 * 60 * 60;

/** Removes rows that count no more. */
@Injectable()
export class ExpiredRows implements OnModuleInit, OnModuleDestroy {
  readonly #logger = new Logger('Database');
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #stopping = false;

  constructor(
    private readonly database: PlatformDatabase,
    private readonly clock: Clock,
    private readonly settings: ServerSettings,
  ) {}

  onModuleInit(): void {
    this.#timer = setInterval(() => this.#runQuietly(), EVERY).unref();
  }

  async onModuleDestroy(): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#timer);
    await this.#running;
  }

  /** Removes all of them, a batch at a time. @throws where the database does not answer */
  async remove(): Promise<void> {
    const past = (seconds: number) => new Date(this.clock.now().getTime() - seconds * 1000);
    const expired = past(MARGIN);
    await this.#clear(refreshTokens, lt(refreshTokens.expiresAt, expired));
    await this.#clear(revokedTokens, lt(revokedTokens.expiresAt, expired));
    await this.#clear(oneTimeTokens, lt(oneTimeTokens.expiresAt, expired));
    await this.#clear(oidcPayloads, lt(oidcPayloads.expiresAt, expired));
    await this.#clear(sessions, this.#isOver(past(AFTER_SESSION)));
    await this.#clear(mails, and(lt(mails.createdAt, past(MAILS_KEPT)), this.#isUnsendable()));
    await this.#clear(accounts, this.#isUnconfirmed(past(UNCONFIRMED_KEPT)));
    await this.#clear(
      loginFailures,
      and(
        lt(loginFailures.lastAt, past(FAILURES_KEPT + MARGIN)),
        or(isNull(loginFailures.lockedUntil), lt(loginFailures.lockedUntil, expired)),
      ),
    );
  }

  #runQuietly(): void {
    this.#running ??= this.remove()
      .catch((error: unknown) =>
        this.#logger.warn(`Expired rows cannot be removed yet: ${failureReason(error)}`),
      )
      .finally(() => (this.#running = undefined));
  }

  /** Without a mail server none is sent. */
  #isUnsendable(): SQL | undefined {
    return this.settings.smtpUrl === undefined ? undefined : isNull(mails.nextAttemptAt);
  }

  /** Nobody confirmed it, and no link is left to do so. */
  #isUnconfirmed(before: Date): SQL | undefined {
    const links = this.database.db
      .select({ one: sql`1` })
      .from(oneTimeTokens)
      .where(eq(oneTimeTokens.accountId, accounts.id));
    return and(
      isNull(accounts.emailVerifiedAt),
      eq(accounts.state, 'active'),
      lt(accounts.updatedAt, before),
      notExists(links),
    );
  }

  /** What a session gave may outlive it, and is looked up with it. */
  #isOver(before: Date): SQL | undefined {
    const left = this.database.db
      .select({ one: sql`1` })
      .from(oidcPayloads)
      .where(eq(oidcPayloads.sessionUid, sessions.id));
    return and(or(lt(sessions.endedAt, before), lt(sessions.expiresAt, before)), notExists(left));
  }

  async #clear(table: PgTable, condition: SQL | undefined): Promise<void> {
    const place = sql`${table}.ctid`;
    let removed = BATCH;
    while (removed === BATCH && !this.#stopping) {
      const batch = this.database.db.select({ place }).from(table).where(condition).limit(BATCH);
      const rows = await this.database.db
        .delete(table)
        // Once more: a row may have changed since, and kept its place.
        .where(and(condition, inArray(place, batch)))
        .returning({ place });
      removed = rows.length;
    }
  }
}

@Module({ providers: [ExpiredRows] })
export class HousekeepingModule {}
