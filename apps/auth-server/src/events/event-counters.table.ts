import { bigint, customType, pgTable, text, timestamp } from 'drizzle-orm/pg-core';

const snapshot = customType<{ data: string }>({ dataType: () => 'pg_snapshot' });

/** The last number that was given to an event, for the audit log and for the outbox. */
export const eventCounters = pgTable('event_counters', {
  name: text('name', { enum: ['audit', 'outbox'] }).primaryKey(),
  value: bigint('value', { mode: 'number' }).notNull(),
  /** The snapshot in which every committed event had a number. Null if there was none yet. */
  seen: snapshot('seen'),
  /** The time of that snapshot. */
  seenAt: timestamp('seen_at', { withTimezone: true }),
});
