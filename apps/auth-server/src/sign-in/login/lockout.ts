import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { and, eq, gt, gte, inArray, isNull, lt, lte, or, sql } from 'drizzle-orm';
import { Clock } from '../../operation/clock.js';
import { type BlindIndex, Keyring } from '../../operation/crypto/keyring.js';
import { type DatabaseSession, PlatformDatabase } from '../../operation/database/database.js';
import { PersonalData } from '../../operation/personal-data/personal-data.js';
import { CLOCK_MARGIN, RetentionRules } from '../../operation/retention/retention-rules.js';
import { loginFailures } from './login-failures.table.js';
import { PlatformError } from '../../operation/http/errors.js';

const MAX_FAILURES = 5;
const LOCK = 15 * 60 * 1000;
/** Failures this far apart are not in a row. */
const ROW = 24 * 60 * 60 * 1000;
/** Seconds that failures are kept. */
const FAILURES_KEPT = 24 * 60 * 60 + CLOCK_MARGIN;
/** The longest verification. An attempt that began earlier belongs to a process that died. */
const MAX_ATTEMPT = 30_000;
/** The pause between two looks at attempts that are being verified, in milliseconds. */
const PAUSE = 50;
const MAX_PAUSES = 200;

/**
 * Locks a name for fifteen minutes after five failures in a row. An attempt counts as a failure before its
 * password is verified, until it proves to be right. Parallel guesses therefore get no more than five, and a
 * process that dies returns none.
 */
@Injectable()
export class Lockout implements OnModuleInit {
  /** Hashes a name with a key, because some people type their password into the field of the name. */
  readonly #indexOf: BlindIndex;

  constructor(
    private readonly database: PlatformDatabase,
    private readonly clock: Clock,
    keyring: Keyring,
    private readonly retention: RetentionRules,
    private readonly personalData: PersonalData,
  ) {
    // Names are compared by the room that knows them.
    this.#indexOf = keyring.blindIndex('login-names', (name) => name);
  }

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

  /** Returns the key of an account, which is the same for all of its names. */
  keyOfAccount(accountId: string): string {
    return this.#indexOf(`account:${accountId}`);
  }

  /** Returns the key of a name without an account. */
  keyOfName(name: string): string {
    return this.#indexOf(`name:${name}`);
  }

  /**
   * Counts an attempt before its password is verified. If five others are being verified, it waits for them.
   *
   * @throws {PlatformError} `account_locked`, or `overloaded` if the others take longer than ten seconds
   */
  async begin(key: string): Promise<void> {
    for (let pauses = 0; pauses < MAX_PAUSES; pauses += 1) {
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

  /** Records a failed attempt. True if it locked the name. */
  async fail(session: DatabaseSession, key: string): Promise<boolean> {
    const locked = await session
      .update(loginFailures)
      .set({ lockedUntil: new Date(this.clock.now().getTime() + LOCK) })
      .where(
        and(
          eq(loginFailures.key, key),
          gte(loginFailures.failures, MAX_FAILURES),
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

  /** Forgets the failures of a name after a successful attempt. */
  async clear(session: DatabaseSession, key: string): Promise<void> {
    await session.delete(loginFailures).where(eq(loginFailures.key, key));
  }

  /** Counts an attempt. False if five have been counted. */
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
        setWhere: sql`${over} or (${loginFailures.lockedUntil} is null and ${loginFailures.failures} < ${MAX_FAILURES})`,
      })
      .returning({ key: loginFailures.key });
    return begun.length > 0;
  }

  /** The condition that earlier failures no longer count. */
  private over() {
    return or(
      lte(loginFailures.lockedUntil, this.clock.now()),
      lte(loginFailures.lastAt, this.ago(ROW)),
      and(
        isNull(loginFailures.lockedUntil),
        gte(loginFailures.failures, MAX_FAILURES),
        lte(loginFailures.lastAt, this.ago(LOCK)),
      ),
    );
  }

  /** Returns the end of the lock. Undefined if attempts are being verified, or the name is not locked. */
  private async lockedUntil(key: string): Promise<Date | undefined> {
    const [row] = await this.database.db
      .select()
      .from(loginFailures)
      .where(and(eq(loginFailures.key, key), gte(loginFailures.failures, MAX_FAILURES)));
    if (row === undefined) return undefined;
    if (row.lockedUntil !== null) return row.lockedUntil;
    return row.lastAt > this.ago(MAX_ATTEMPT) ? undefined : new Date(row.lastAt.getTime() + LOCK);
  }

  private ago(milliseconds: number): Date {
    return new Date(this.clock.now().getTime() - milliseconds);
  }
}
