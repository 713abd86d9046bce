import { index, integer, pgTable, text, timestamp } from 'drizzle-orm/pg-core';

/** Failed logins in a row, for each account, and alike for each name that is nobody's. */
export const loginFailures = pgTable(
  'login_failures',
  {
    /** A hash: what people type by mistake is at times a password. */
    key: text('key').primaryKey(),
    failures: integer('failures').notNull(),
    lastAt: timestamp('last_at', { withTimezone: true }).notNull(),
    lockedUntil: timestamp('locked_until', { withTimezone: true }),
  },
  (table) => [index('login_failures_last_at').on(table.lastAt)],
);
