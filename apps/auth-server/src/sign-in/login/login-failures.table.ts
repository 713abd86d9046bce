import { index, integer, pgTable, text, timestamp } from 'drizzle-orm/pg-core';

/** Counts of failed sign-ins, each under the key of what it counts. */
export const loginFailures = pgTable(
  'login_failures',
  {
    /** A keyed hash, because people type passwords by mistake. */
    key: text('key').primaryKey(),
    /** A keyed hash of the name or the account that the failures were for. */
    subject: text('subject'),
    failures: integer('failures').notNull(),
    lastAt: timestamp('last_at', { withTimezone: true }).notNull(),
    lockedUntil: timestamp('locked_until', { withTimezone: true }),
  },
  (table) => [
    index('login_failures_last_at').on(table.lastAt),
    index('login_failures_subject').on(table.subject),
  ],
);
