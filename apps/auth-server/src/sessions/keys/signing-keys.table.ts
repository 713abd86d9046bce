import { index, jsonb, pgTable, text, timestamp } from 'drizzle-orm/pg-core';
import type { JWK } from 'jose';

export const SIGNING_ALGORITHMS = ['ES256', 'RS256'] as const;
export type SigningAlgorithm = (typeof SIGNING_ALGORITHMS)[number];

/** A key is published before it signs, and stays published until every token that it signed has expired. */
export const signingKeys = pgTable(
  'signing_keys',
  {
    kid: text('kid').primaryKey(),
    algorithm: text('algorithm', { enum: SIGNING_ALGORITHMS }).notNull(),
    publicJwk: jsonb('public_jwk').$type<JWK>().notNull(),
    /** The private JWK, encrypted with a data key. */
    sealedPrivateJwk: text('sealed_private_jwk').notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
    signsFrom: timestamp('signs_from', { withTimezone: true }).notNull(),
    signsUntil: timestamp('signs_until', { withTimezone: true }).notNull(),
    publishedUntil: timestamp('published_until', { withTimezone: true }).notNull(),
  },
  (table) => [index('signing_keys_published_until').on(table.publishedUntil)],
);

export type SigningKeyRow = typeof signingKeys.$inferSelect;
