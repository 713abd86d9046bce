import { index, pgTable, text, timestamp } from 'drizzle-orm/pg-core';

/** Signed access tokens that were revoked one by one (RFC 7009), until they expire. */
export const revokedTokens = pgTable(
  'revoked_tokens',
  {
    tokenId: text('token_id').primaryKey(),
    revokedAt: timestamp('revoked_at', { withTimezone: true }).notNull(),
    expiresAt: timestamp('expires_at', { withTimezone: true }).notNull(),
  },
  (table) => [index('revoked_tokens_expires_at').on(table.expiresAt)],
);
