import { sql } from 'drizzle-orm';
import {
  bigint,
  customType,
  index,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  unique,
  uuid,
} from 'drizzle-orm/pg-core';

const bytes = customType<{ data: Uint8Array; driverData: Uint8Array }>({ dataType: () => 'bytea' });
/** The full id of a transaction, which never repeats in a database. */
const transactionId = customType<{ data: string }>({ dataType: () => 'xid8' });

/** The pseudonyms by which the audit log names people and things, and the keys of what it says about them. */
export const auditSubjects = pgTable(
  'audit_subjects',
  {
    pseudonym: uuid('pseudonym').primaryKey(),
    kind: text('kind', {
      enum: ['account', 'organisation', 'service', 'client', 'resource_server'],
    }).notNull(),
    /** Null after the erasure. */
    subjectId: text('subject_id'),
    /** 32 bytes, encrypted with the master key. Null after the erasure. */
    wrappedKey: text('wrapped_key'),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
    erasedAt: timestamp('erased_at', { withTimezone: true }),
  },
  (table) => [unique().on(table.kind, table.subjectId)],
);

/**
 * The audit log. Rows are only added. Partitioned by retention, then by day: a migration makes the partitions,
 * and functions of its role drop them.
 */
export const auditEvents = pgTable(
  'audit_events',
  {
    /** Days that the row is kept, fixed when it is written. */
    retention: smallint('retention').notNull(),
    at: timestamp('at', { withTimezone: true })
      .notNull()
      .default(sql`clock_timestamp()`),
    /** UUID version 7 (RFC 9562). */
    id: uuid('id').notNull(),
    /** The order of events within a transaction, and of transactions that wait for each other. */
    ord: bigint('ord', { mode: 'number' })
      .notNull()
      .default(sql`nextval('event_order')`),
    /** The transaction that wrote the row. It tells which rows are still to be numbered. */
    xid: transactionId('xid')
      .notNull()
      .default(sql`pg_current_xact_id()`),
    action: text('action').notNull(),
    outcome: text('outcome').notNull(),
    actor: uuid('actor'),
    subject: uuid('subject'),
    organisation: uuid('organisation'),
    requestId: text('request_id'),
    decisionId: text('decision_id'),
    version: smallint('version').notNull(),
    sealedActor: bytes('sealed_actor'),
    sealedSubject: bytes('sealed_subject'),
    commitment: bytes('commitment').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.retention, table.at, table.id] }),
    index('audit_events_xid').on(table.xid),
  ],
);

/** The numbers of committed events, without gaps. Partitioned like the events. */
export const auditPositions = pgTable(
  'audit_positions',
  {
    seq: bigint('seq', { mode: 'number' }).notNull(),
    eventAt: timestamp('event_at', { withTimezone: true }).notNull(),
    eventId: uuid('event_id').notNull(),
    retention: smallint('retention').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.retention, table.eventAt, table.eventId] }),
    index('audit_positions_seq').on(table.seq),
  ],
);

/** The parts of the log whose retention has ended. */
export const auditGaps = pgTable('audit_gaps', {
  id: uuid('id').primaryKey().defaultRandom(),
  retention: smallint('retention').notNull(),
  fromAt: timestamp('from_at', { withTimezone: true }).notNull(),
  untilAt: timestamp('until_at', { withTimezone: true }).notNull(),
  events: bigint('events', { mode: 'number' }).notNull(),
  firstSeq: bigint('first_seq', { mode: 'number' }),
  lastSeq: bigint('last_seq', { mode: 'number' }),
  droppedAt: timestamp('dropped_at', { withTimezone: true }).notNull(),
});
