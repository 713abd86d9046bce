import { integer, pgTable, text, timestamp } from 'drizzle-orm/pg-core';
import { CLIENT_ORIGINS } from '../clients/clients.table.js';

/** The APIs that access tokens are issued for: the `resource` of RFC 8707, and the `aud` of the tokens. */
export const resourceServers = pgTable('resource_servers', {
  identifier: text('identifier').primaryKey(),
  scopes: text('scopes').array().notNull(),
  /** The lifetime of access tokens, in seconds. Null for the default of the platform. */
  accessTokenTtl: integer('access_token_ttl'),
  origin: text('origin', { enum: CLIENT_ORIGINS }).notNull(),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
});
