import { integer, pgTable, text, timestamp } from 'drizzle-orm/pg-core';
import { CLIENT_ORIGINS } from '../clients/clients.table.js';

/** APIs that access tokens are made for: the `resource` of RFC 8707, and their `aud`. */
export const resourceServers = pgTable('resource_servers', {
  identifier: text('identifier').primaryKey(),
  scopes: text('scopes').array().notNull(),
  /** In seconds; null: as the platform's own. */
  accessTokenTtl: integer('access_token_ttl'),
  origin: text('origin', { enum: CLIENT_ORIGINS }).notNull(),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
});
