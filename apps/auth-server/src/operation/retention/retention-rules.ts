import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { and, type SQL, inArray, sql } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import { Clock } from '../clock.js';
import { type DatabaseSession, PlatformDatabase } from '../database/database.js';
import { PeriodicJob } from '../jobs/periodic-job.js';
import { failureReason } from '../logging/redaction.js';

/** Seconds that an expired row is kept on, since the clocks of instances differ. */
export const CLOCK_MARGIN = 300;

/** Returns the moment that lies so many seconds before now. */
export type MomentBefore = (seconds: number) => Date;

/** Rows that a room no longer needs. */
export interface RetentionRule {
  /** The name of the rule. Rules whose rows others hold run after those without holds. */
  readonly name: string;
  readonly table: PgTable;
  /** The column that rows of other rooms refer to. */
  readonly key: PgColumn;
  /** The condition that a row must meet to be removed. */
  readonly expired: (before: MomentBefore) => SQL | undefined;
  /** Takes part in the transaction that removes rows. One that fails undoes the removal. */
  readonly removed?: (tx: DatabaseSession, keys: readonly string[]) => Promise<void>;
}

/** The condition that keeps a row of another room, such as a reference to it. */
export type RetentionHold = (key: PgColumn) => SQL;

/** The rules by which rows expire: each room registers those of its own tables. */
@Injectable()
export class RetentionRules {
  readonly #rules = new Map<string, RetentionRule>();
  readonly #holds = new Map<string, RetentionHold[]>();

  /** @throws {Error} if the name is taken */
  register(rule: RetentionRule): void {
    if (this.#rules.has(rule.name)) throw new Error(`A retention rule ${rule.name} exists.`);
    this.#rules.set(rule.name, rule);
  }

  /** Keeps rows of a rule for as long as they do not meet `unless`. */
  hold(name: string, unless: RetentionHold): void {
    this.#holds.set(name, [...(this.#holds.get(name) ?? []), unless]);
  }

  /** The rules with all conditions that rows must meet. */
  *conditions(
    before: MomentBefore,
  ): Iterable<{ readonly rule: RetentionRule; readonly where: SQL }> {
    const isHeld = ({ name }: RetentionRule) => Number(this.#holds.has(name));
    // Rows that hold another row may expire in the same run.
    const inOrder = [...this.#rules.values()].toSorted((a, b) => isHeld(a) - isHeld(b));
    for (const rule of inOrder) {
      const { name, key, expired } = rule;
      const holds = (this.#holds.get(name) ?? []).map((unless) => unless(key));
      const where = and(expired(before), ...holds);
      // Without a condition, the statement would remove every row.
      if (where === undefined) throw new Error(`The retention rule ${name} has no condition.`);
      yield { rule, where };
    }
  }
}

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
    for (const { rule, where } of this.rules.conditions(before)) await this.#clear(rule, where);
  }

  async #clear(rule: RetentionRule, condition: SQL): Promise<void> {
    let removed = BATCH;
    while (removed === BATCH && !this.#job.isStopping) {
      removed = await this.database.db.transaction((tx) => this.#batch(tx, rule, condition));
    }
  }

  async #batch(
    tx: DatabaseSession,
    { table, key, removed }: RetentionRule,
    condition: SQL,
  ): Promise<number> {
    const place = sql`${table}.ctid`;
    const batch = tx.select({ place }).from(table).where(condition).limit(BATCH);
    const rows = await tx
      .delete(table)
      // Checks the condition again: a row may have changed since, and kept its place.
      .where(and(condition, inArray(place, batch)))
      .returning({ key });
    if (rows.length > 0)
      await removed?.(
        tx,
        rows.map((row) => String(row.key)),
      );
    return rows.length;
  }
}
