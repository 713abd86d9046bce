import { index, integer, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';

/** `deactivated` by the owner, `disabled` by an administrator, `deleted` until it is `anonymised`. */
export const ACCOUNT_STATES = [
  'active',
  'deactivated',
  'disabled',
  'deleted',
  'anonymised',
] as const;

/** The global roles, least authority first. */
export const PLATFORM_ROLES = ['END_USER', 'STAFF', 'DATA_ADMIN', 'SYSTEM_ADMIN'] as const;
export type PlatformRole = (typeof PLATFORM_ROLES)[number];

export const accounts = pgTable(
  'accounts',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    /** The address in its original spelling. Null after the account is anonymised. */
    email: text('email'),
    /** The normalised address: it is unique, and lookups use it. */
    emailKey: text('email_key').unique(),
    emailVerifiedAt: timestamp('email_verified_at', { withTimezone: true }),
    username: text('username'),
    usernameKey: text('username_key').unique(),
    name: text('name'),
    passwordHash: text('password_hash'),
    passwordChangedAt: timestamp('password_changed_at', { withTimezone: true }),
    /** Raised by every change of a credential, which invalidates earlier proofs. */
    securityVersion: integer('security_version').notNull().default(1),
    role: text('role', { enum: PLATFORM_ROLES }).notNull().default('END_USER'),
    state: text('state', { enum: ACCOUNT_STATES }).notNull().default('active'),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
    updatedAt: timestamp('updated_at', { withTimezone: true }).notNull(),
    deletedAt: timestamp('deleted_at', { withTimezone: true }),
    anonymiseAt: timestamp('anonymise_at', { withTimezone: true }),
  },
  (table) => [index('accounts_anonymise_at').on(table.anonymiseAt)],
);

export type AccountRow = typeof accounts.$inferSelect;
