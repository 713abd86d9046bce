import { sql } from 'drizzle-orm';
import { bigint, index, jsonb, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';

/** Events that are announced to applications, for a day. They name ids, and no personal data. */
export const outbox = pgTable(
  'outbox',
  {
    id: uuid('id').primaryKey(),
    ord: bigint('ord', { mode: 'number' }).notNull(),
    at: timestamp('at', { withTimezone: true }).notNull(),
    type: text('type').notNull(),
    subjectKind: text('subject_kind'),
    subject: text('subject'),
    organisation: text('organisation'),
    payload: jsonb('payload').$type<Readonly<Record<string, string>>>().notNull(),
    /** The number of a committed row, without gaps. Null until it is numbered. */
    seq: bigint('seq', { mode: 'number' }).unique(),
  },
  (table) => [
    index('outbox_unnumbered')
      .on(table.ord)
      .where(sql`${table.seq} is null`),
    index('outbox_at').on(table.at),
  ],
);
