import { index, integer, pgTable, text, timestamp, unique, uuid } from 'drizzle-orm/pg-core';

/**
 * Clients that wait to be told of the end of a session. Its client and account are no references: a reference
 * locks their rows in the transaction that ends the session, in the opposite order of transactions that change
 * them.
 */
export const logoutNotices = pgTable(
  'logout_notices',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    clientId: text('client_id').notNull(),
    accountId: uuid('account_id').notNull(),
    /** The `sid` that the ID tokens of this client have. Each client has its own. */
    sid: text('sid').notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
    attempts: integer('attempts').notNull().default(0),
    /** Null if the client was not told in three days. */
    nextAttemptAt: timestamp('next_attempt_at', { withTimezone: true }),
    lastError: text('last_error'),
  },
  (table) => [
    unique('logout_notices_session').on(table.clientId, table.sid),
    index('logout_notices_next_attempt_at').on(table.nextAttemptAt),
  ],
);
