import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { and, eq, gt, gte, inArray, isNull, lte, or, sql } from 'drizzle-orm';
import { Clock } from '../../operation/clock.js';
import { type DatabaseSession, PlatformDatabase } from '../../operation/database/database.js';
import { PlatformError } from '../../operation/http/errors.js';
import { loginFailures } from './login-failures.table.js';

/** A count of failures, and its limit. */
export interface FailureCounter {
  readonly key: string;
  /** All counters of a subject are lifted together. */
  readonly subject: string;
  readonly max: number;
  /** Milliseconds for which a full counter refuses. */
  readonly lock: number;
}

/** Failures this far apart are not in a row. */
const ROW = 24 * 60 * 60 * 1000;
/** The longest verification. An attempt that began earlier belongs to a process that died. */
const MAX_ATTEMPT = 30_000;
/** The pause between two looks at attempts that are being verified, in milliseconds. */
const PAUSE = 50;
const MAX_PAUSES = 200;

/**
 * Counts failures in the database. An attempt counts as a failure before it is verified, until it proves to
 * be right. Parallel guesses therefore get no more than the limit, and a process that dies returns none.
 */
@Injectable()
export class FailureCounters {
  constructor(
    private readonly database: PlatformDatabase,
    private readonly clock: Clock,
  ) {}

  /**
   * Counts an attempt before it is verified. If the counter is full of attempts that are being verified, it
   * waits for them.
   *
   * @returns the end of the lock if the counter is full, and undefined if the attempt was counted
   * @throws {PlatformError} `overloaded` if the other attempts take longer than ten seconds
   */
  async begin(counter: FailureCounter): Promise<Date | undefined> {
    for (let pauses = 0; pauses < MAX_PAUSES; pauses += 1) {
      if (await this.count(this.database.db, counter)) return undefined;
      const lockedUntil = await this.lockedUntil(counter);
      if (lockedUntil !== undefined) return lockedUntil;
      await sleep(PAUSE);
    }
    throw new PlatformError('overloaded', { retryAfter: 1 });
  }

  /** Records that a counted attempt failed. True if it filled the counter. */
  async fail(session: DatabaseSession, { key, max, lock }: FailureCounter): Promise<boolean> {
    const filled = await session
      .update(loginFailures)
      .set({ lockedUntil: this.after(lock) })
      .where(
        and(
          eq(loginFailures.key, key),
          gte(loginFailures.failures, max),
          isNull(loginFailures.lockedUntil),
        ),
      )
      .returning({ key: loginFailures.key });
    return filled.length > 0;
  }

  /** Lets the lock of a full counter begin again. */
  async extend({ key, lock }: FailureCounter): Promise<void> {
    await this.database.db
      .update(loginFailures)
      .set({ lockedUntil: this.after(lock), lastAt: this.clock.now() })
      .where(eq(loginFailures.key, key));
  }

  /** Takes back attempts that could not be verified. */
  async release(counters: readonly FailureCounter[]): Promise<void> {
    await this.database.db
      .update(loginFailures)
      .set({ failures: sql`${loginFailures.failures} - 1` })
      .where(
        and(isOneOf(counters), gt(loginFailures.failures, 0), isNull(loginFailures.lockedUntil)),
      );
  }

  /** Forgets the failures of counters. */
  async clear(session: DatabaseSession, counters: readonly FailureCounter[]): Promise<void> {
    await session.delete(loginFailures).where(isOneOf(counters));
  }

  /** Forgets all failures of subjects. */
  async lift(session: DatabaseSession, subjects: readonly string[]): Promise<void> {
    await session.delete(loginFailures).where(inArray(loginFailures.subject, [...subjects]));
  }

  /** Counts an attempt. False if the counter is full. */
  async count(session: DatabaseSession, counter: FailureCounter): Promise<boolean> {
    const { key, subject, max } = counter;
    const over = this.over(counter);
    const lastAt = this.clock.now();
    const begun = await session
      .insert(loginFailures)
      .values({ key, subject, failures: 1, lastAt })
      .onConflictDoUpdate({
        target: loginFailures.key,
        set: {
          failures: sql`case when ${over} then 1 else ${loginFailures.failures} + 1 end`,
          lastAt,
          lockedUntil: null,
        },
        setWhere: sql`${over} or (${loginFailures.lockedUntil} is null and ${loginFailures.failures} < ${max})`,
      })
      .returning({ key: loginFailures.key });
    return begun.length > 0;
  }

  /** The condition that earlier failures no longer count. */
  private over({ max, lock }: FailureCounter) {
    return or(
      lte(loginFailures.lockedUntil, this.clock.now()),
      lte(loginFailures.lastAt, this.after(-ROW)),
      and(
        isNull(loginFailures.lockedUntil),
        gte(loginFailures.failures, max),
        lte(loginFailures.lastAt, this.after(-lock)),
      ),
    );
  }

  /** Returns the end of the lock. Undefined if attempts are being verified, or the counter is not full. */
  private async lockedUntil({ key, max, lock }: FailureCounter): Promise<Date | undefined> {
    const [row] = await this.database.db
      .select()
      .from(loginFailures)
      .where(and(eq(loginFailures.key, key), gte(loginFailures.failures, max)));
    if (row === undefined) return undefined;
    if (row.lockedUntil !== null) return row.lockedUntil;
    const isDead = row.lastAt <= this.after(-MAX_ATTEMPT);
    return isDead ? new Date(row.lastAt.getTime() + lock) : undefined;
  }

  private after(milliseconds: number): Date {
    return new Date(this.clock.now().getTime() + milliseconds);
  }
}

function isOneOf(counters: readonly FailureCounter[]) {
  return inArray(
    loginFailures.key,
    counters.map(({ key }) => key),
  );
}
