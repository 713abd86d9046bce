import { index, integer, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { accounts } from '../accounts/accounts.table.js';

/** Sign-ins that were completed on a page, until the browser comes back and its session starts. */
export const signInResults = pgTable(
  'sign_in_results',
  {
    /** SHA-256 of the token that the interaction carries. */
    hash: text('hash').primaryKey(),
    /** The interaction that the person signed in for. */
    interaction: text('interaction').notNull(),
    accountId: uuid('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    securityVersion: integer('security_version').notNull(),
    /** RFC 8176. */
    methods: text('methods').array().notNull(),
    authenticatedAt: timestamp('authenticated_at', { withTimezone: true }).notNull(),
    expiresAt: timestamp('expires_at', { withTimezone: true }).notNull(),
  },
  (table) => [
    index('sign_in_results_account').on(table.accountId),
    index('sign_in_results_expires_at').on(table.expiresAt),
  ],
);
