import { eq, type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { type DatabaseSession, rowsOf } from '../operation/database/database.js';
import { eventCounters } from './event-counters.table.js';

/** A counter as it was read, or as it was left. */
export interface Counter {
  readonly value: number;
  /** The snapshot in which everything was numbered. Undefined if it is unknown. */
  readonly seen: string | undefined;
  /** The time of that snapshot. */
  readonly seenAt: Date | undefined;
  /** The time of the database. */
  readonly now: Date;
}

/** The most rows that one statement numbers. */
export const BATCH = 5000;

const COUNTER = z.object({
  value: z.coerce.number(),
  seen: z.string().nullable(),
  seenAt: z.coerce.date().nullable(),
  now: z.coerce.date(),
});

/** Reads a counter, and creates it if it is missing. */
export async function readCounter(db: DatabaseSession, name: 'audit' | 'outbox'): Promise<Counter> {
  await db.insert(eventCounters).values({ name, value: 0 }).onConflictDoNothing();
  const rows = await db.execute(sql`
    select value::text as value, now() as now, seen_at as "seenAt",
      -- In a database that was restored on another cluster, the ids of transactions begin again.
      case when pg_snapshot_xmax(seen) <= pg_snapshot_xmax(pg_current_snapshot()) then seen::text end as seen
    from ${eventCounters} where ${eq(eventCounters.name, name)}`);
  const { seen, seenAt, ...counter } = COUNTER.parse(rowsOf(rows)[0]);
  return { ...counter, seen: seen ?? undefined, seenAt: seenAt ?? undefined };
}

/**
 * Raises a counter by the number of rows of `batch`, and returns its former value as `base`. Returns no row if
 * another instance has raised it since it was read, or the batch is empty.
 *
 * @param isComplete the condition that the snapshot of the statement has no further row to number
 */
export function advance(name: 'audit' | 'outbox', expected: number, isComplete: SQL): SQL {
  return sql`
    update event_counters set
      value = value + (select count(*) from batch),
      seen = case when ${isComplete} then pg_current_snapshot() else seen end,
      seen_at = case when ${isComplete} then now() else seen_at end
    where name = ${name} and value = ${expected} and exists (select from batch)
    returning value - (select count(*) from batch) as base`;
}

/** The result of a statement that numbers rows. */
export const NUMBERED = z.object({
  found: z.coerce.number(),
  numbered: z.coerce.number(),
  snapshot: z.string(),
  now: z.coerce.date(),
});
