import { pgTable, text, timestamp } from 'drizzle-orm/pg-core';

/** The data keys. Each is encrypted with a master key, which is not in the database. */
export const dataKeys = pgTable('data_keys', {
  /** Part of every text that the key encrypts. */
  id: text('id').primaryKey(),
  /** The newest key of a purpose is in use. Older ones decrypt. */
  purpose: text('purpose').notNull(),
  /** The encrypted key. */
  wrapped: text('wrapped').notNull(),
  /** The fingerprint of the master key that encrypts the key. */
  masterKeyId: text('master_key_id').notNull(),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
});

export type DataKeyRow = typeof dataKeys.$inferSelect;
