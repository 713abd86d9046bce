import { index, jsonb, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { accounts } from '../accounts/accounts.table.js';

export const ONE_TIME_PURPOSES = ['verify_email', 'reset_password', 'first_administrator'] as const;
export type OneTimePurpose = (typeof ONE_TIME_PURPOSES)[number];

/** The tokens of links that work once. Only the receiver knows the token itself. */
export const oneTimeTokens = pgTable(
  'one_time_tokens',
  {
    hash: text('hash').primaryKey(),
    purpose: text('purpose', { enum: ONE_TIME_PURPOSES }).notNull(),
    accountId: uuid('account_id').references(() => accounts.id, { onDelete: 'cascade' }),
    /** The subject, such as the new address that the link confirms. */
    data: jsonb('data').$type<Readonly<Record<string, string>>>(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
    expiresAt: timestamp('expires_at', { withTimezone: true }).notNull(),
    usedAt: timestamp('used_at', { withTimezone: true }),
  },
  (table) => [
    index('one_time_tokens_account').on(table.accountId, table.purpose),
    index('one_time_tokens_expires_at').on(table.expiresAt),
  ],
);
