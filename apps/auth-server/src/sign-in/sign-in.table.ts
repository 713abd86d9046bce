import { index, jsonb, pgTable, text, timestamp, uuid, integer } from 'drizzle-orm/pg-core';
import { accounts } from '../accounts/accounts.table.js';

const ONE_TIME_PURPOSES = ['verify_email', 'reset_password', 'first_administrator'] as const;
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
