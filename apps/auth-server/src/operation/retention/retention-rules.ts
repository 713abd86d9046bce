import { Injectable } from '@nestjs/common';
import { and, type SQL } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';

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
  *conditions(before: MomentBefore): Iterable<{ readonly table: PgTable; readonly where: SQL }> {
    const isHeld = ({ name }: RetentionRule) => Number(this.#holds.has(name));
    // Rows that hold another row may expire in the same run.
    const inOrder = [...this.#rules.values()].toSorted((a, b) => isHeld(a) - isHeld(b));
    for (const { name, table, key, expired } of inOrder) {
      const holds = (this.#holds.get(name) ?? []).map((unless) => unless(key));
      const where = and(expired(before), ...holds);
      // Without a condition, the statement would remove every row.
      if (where === undefined) throw new Error(`The retention rule ${name} has no condition.`);
      yield { table, where };
    }
  }
}
