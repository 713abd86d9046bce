import { boolean, index, jsonb, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';

/** `declared` in the environment, made through the `admin` API, or by `registration` (RFC 7591). */
export const CLIENT_ORIGINS = ['declared', 'admin', 'registration'] as const;
export type ClientOrigin = (typeof CLIENT_ORIGINS)[number];

export const clients = pgTable('clients', {
  id: text('id').primaryKey(),
  /** Client metadata (RFC 7591, section 2), without any secret. */
  metadata: jsonb('metadata').$type<Readonly<Record<string, unknown>>>().notNull(),
  origin: text('origin', { enum: CLIENT_ORIGINS }).notNull(),
  /** True to allow the resource owner password credentials grant, which OAuth 2.1 removed. */
  passwordGrant: boolean('password_grant').notNull().default(false),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
  updatedAt: timestamp('updated_at', { withTimezone: true }).notNull(),
});

/** The secrets of clients. At most two are valid at a time, so that a client can change from one to the other. */
export const clientSecrets = pgTable(
  'client_secrets',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    clientId: text('client_id')
      .notNull()
      .references(() => clients.id, { onDelete: 'cascade' }),
    hash: text('hash').notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
    expiresAt: timestamp('expires_at', { withTimezone: true }),
  },
  (table) => [index('client_secrets_client').on(table.clientId)],
);
