import { createHmac } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { and, eq, gt, gte, inArray, isNull, lt, lte, or, sql } from 'drizzle-orm';
import { Clock } from '../../operation/clock.js';
import { Sealer } from '../../operation/crypto/sealer.js';
import { type DatabaseSession, PlatformDatabase } from '../../operation/database/database.js';
import { PersonalData } from '../../operation/personal-data/personal-data.js';
import { CLOCK_MARGIN, RetentionRules } from '../../operation/retention/retention-rules.js';
import { loginFailures } from './login-failures.table.js';
import { PlatformError } from '../../operation/http/errors.js';

const MOST_FAILURES = 5;
const LOCK = 15 * 60 * 1000;
/** Failures this far apart are not in a row. */
const ROW = 24 * 60 * 60 * 1000;
/** Seconds that failures are kept. */
const FAILURES_KEPT = 24 * 60 * 60 + CLOCK_MARGIN;
/** Verifications end sooner: what was begun longer ago belongs to a process that died. */
const LONGEST_ATTEMPT = 30_000;
/** How long it waits for those, ten seconds in all. */
const PAUSE = 50;
const MOST_PAUSES = 200;

/**
 * Locks a name for fifteen minutes after five failures in a row. An attempt counts as a failure from
 * before its password is looked at until it turns out right: parallel guesses get no more than five, and
 * a process that dies gives none back.
 */
@Injectable()
export class LockOut implements OnModuleInit {
  constructor(
    private readonly database: PlatformDatabase,
    private readonly clock: Clock,
    private readonly sealer: Sealer,
    private readonly retention: RetentionRules,
    private readonly personalData: PersonalData,
  ) {}

  onModuleInit(): void {
    const { key, lastAt, lockedUntil } = loginFailures;
    this.retention.register({
      name: 'login_failures',
      table: loginFailures,
      key,
      expired: (before) =>
        and(
          lt(lastAt, before(FAILURES_KEPT)),
          or(isNull(lockedUntil), lt(lockedUntil, before(CLOCK_MARGIN))),
        ),
    });
    this.personalData.register({
      forget: async (tx, accountIds) => {
        const keys = accountIds.map((id) => this.keyOfAccount(id));
        await tx.delete(loginFailures).where(inArray(key, keys));
      },
    });
  }

  /** What the failures of an account are kept under, whichever of its names was typed. */
  keyOfAccount(accountId: string): string {
    return this.keyOf(`account:${accountId}`);
  }

  /** What those of a name that nobody has are kept under. */
  keyOfName(name: string): string {
    return this.keyOf(`name:${name}`);
  }

  /**
   * Counts an attempt, before its password is verified. Where five are being verified it waits for them.
   *
   * @throws {PlatformError} `account_locked`, or `overloaded` where those take too long
   */
  async begin(key: string): Promise<void> {
    for (let pauses = 0; pauses < MOST_PAUSES; pauses += 1) {
      if (await this.count(key)) return;
      const lockedUntil = await this.lockedUntil(key);
      if (lockedUntil !== undefined) {
        const retryAfter = Math.ceil((lockedUntil.getTime() - this.clock.now().getTime()) / 1000);
        throw new PlatformError('account_locked', { retryAfter: Math.max(1, retryAfter) });
      }
      await sleep(PAUSE);
    }
    throw new PlatformError('overloaded', { retryAfter: 1 });
  }

  /** The attempt failed. Whether it was the one that locked the name. */
  async fail(session: DatabaseSession, key: string): Promise<boolean> {
    const locked = await session
      .update(loginFailures)
      .set({ lockedUntil: new Date(this.clock.now().getTime() + LOCK) })
      .where(
        and(
          eq(loginFailures.key, key),
          gte(loginFailures.failures, MOST_FAILURES),
          isNull(loginFailures.lockedUntil),
        ),
      )
      .returning({ key: loginFailures.key });
    return locked.length > 0;
  }

  /** Takes back an attempt whose password could not be verified. */
  async release(key: string): Promise<void> {
    await this.database.db
      .update(loginFailures)
      .set({ failures: sql`${loginFailures.failures} - 1` })
      .where(
        and(
          eq(loginFailures.key, key),
          gt(loginFailures.failures, 0),
          isNull(loginFailures.lockedUntil),
        ),
      );
  }

  /** The person proved who they are. */
  async clear(session: DatabaseSession, key: string): Promise<void> {
    await session.delete(loginFailures).where(eq(loginFailures.key, key));
  }

  /** A keyed hash: some people type a password where the name belongs. */
  private keyOf(name: string): string {
    return createHmac('sha256', this.sealer.keyFor('login-names')).update(name).digest('base64url');
  }

  /** Whether there is room for one more attempt. */
  private async count(key: string): Promise<boolean> {
    const over = this.over();
    const begun = await this.database.db
      .insert(loginFailures)
      .values({ key, failures: 1, lastAt: this.clock.now() })
      .onConflictDoUpdate({
        target: loginFailures.key,
        set: {
          failures: sql`case when ${over} then 1 else ${loginFailures.failures} + 1 end`,
          lastAt: this.clock.now(),
          lockedUntil: null,
        },
        setWhere: sql`${over} or (${loginFailures.lockedUntil} is null and ${loginFailures.failures} < ${MOST_FAILURES})`,
      })
      .returning({ key: loginFailures.key });
    return begun.length > 0;
  }

  /** Whether the failures so far count no more. */
  private over() {
    return or(
      lte(loginFailures.lockedUntil, this.clock.now()),
      lte(loginFailures.lastAt, this.ago(ROW)),
      and(
        isNull(loginFailures.lockedUntil),
        gte(loginFailures.failures, MOST_FAILURES),
        lte(loginFailures.lastAt, this.ago(LOCK)),
      ),
    );
  }

  /** Undefined where attempts are still being verified, or it is unlocked by now. */
  private async lockedUntil(key: string): Promise<Date | undefined> {
    const [row] = await this.database.db
      .select()
      .from(loginFailures)
      .where(and(eq(loginFailures.key, key), gte(loginFailures.failures, MOST_FAILURES)));
    if (row === undefined) return undefined;
    if (row.lockedUntil !== null) return row.lockedUntil;
    return row.lastAt > this.ago(LONGEST_ATTEMPT)
      ? undefined
      : new Date(row.lastAt.getTime() + LOCK);
  }

  private ago(milliseconds: number): Date {
    return new Date(this.clock.now().getTime() - milliseconds);
  }
}
