import { index, integer, pgTable, text, timestamp } from 'drizzle-orm/pg-core';

/** Failed logins in a row, by account, or by name if no account has it. */
export const loginFailures = pgTable(
  'login_failures',
  {
    /** A keyed hash, because people type passwords by mistake. */
    key: text('key').primaryKey(),
    failures: integer('failures').notNull(),
    lastAt: timestamp('last_at', { withTimezone: true }).notNull(),
    lockedUntil: timestamp('locked_until', { withTimezone: true }),
  },
  (table) => [index('login_failures_last_at').on(table.lastAt)],
);
