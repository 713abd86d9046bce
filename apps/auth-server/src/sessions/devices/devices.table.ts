import { index, pgTable, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { accounts } from '../../accounts/accounts.table.js';

/** Browsers and installations of applications on which a person completed a sign-in. */
export const devices = pgTable(
  'devices',
  {
    id: uuid('id').primaryKey(),
    /** The SHA-256 of the secret that the device keeps. */
    secretHash: text('secret_hash').notNull().unique(),
    /** A name for people: `Firefox on Windows`. */
    name: text('name').notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
    /** The time of the last sign-in, of any account. */
    lastSeenAt: timestamp('last_seen_at', { withTimezone: true }).notNull(),
  },
  (table) => [index('devices_last_seen_at').on(table.lastSeenAt)],
);

/** The accounts that know a device. One browser may be known to several. */
export const deviceAccounts = pgTable(
  'device_accounts',
  {
    deviceId: uuid('device_id')
      .notNull()
      .references(() => devices.id, { onDelete: 'cascade' }),
    accountId: uuid('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    firstAt: timestamp('first_at', { withTimezone: true }).notNull(),
    lastAt: timestamp('last_at', { withTimezone: true }).notNull(),
    /** The time until which the device stands for a second factor. Null if its owner did not choose that. */
    rememberedUntil: timestamp('remembered_until', { withTimezone: true }),
  },
  (table) => [
    primaryKey({ columns: [table.deviceId, table.accountId] }),
    index('device_accounts_account').on(table.accountId),
    index('device_accounts_last_at').on(table.lastAt),
  ],
);
