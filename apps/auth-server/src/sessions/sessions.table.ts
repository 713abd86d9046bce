import { sql } from 'drizzle-orm';
import { index, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { accounts } from '../accounts/accounts.table.js';
import { devices } from './devices/devices.table.js';

export const SESSION_KINDS = ['api', 'browser'] as const;
export type SessionKind = (typeof SESSION_KINDS)[number];

export const SESSION_ENDS = [
  'logout',
  'ended_by_owner',
  'password_changed',
  'password_reset',
  'account_closed',
  'role_removed',
  'refresh_token_reused',
  'too_many_failures',
] as const;
export type SessionEnd = (typeof SESSION_ENDS)[number];

/** A login on a device. Its id is the `sid` of its tokens, and the `uid` of the session of a browser. */
export const sessions = pgTable(
  'sessions',
  {
    id: text('id').primaryKey(),
    accountId: uuid('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    /** `api`: by `/api/v1/auth/login`. `browser`: on the pages of OAuth. */
    kind: text('kind', { enum: SESSION_KINDS }).notNull(),
    authenticatedAt: timestamp('authenticated_at', { withTimezone: true }).notNull(),
    /** RFC 8176. */
    methods: text('methods')
      .array()
      .notNull()
      .default(sql`'{}'`),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
    lastUsedAt: timestamp('last_used_at', { withTimezone: true }).notNull(),
    expiresAt: timestamp('expires_at', { withTimezone: true }).notNull(),
    endedAt: timestamp('ended_at', { withTimezone: true }),
    endedBecause: text('ended_because', { enum: SESSION_ENDS }),
    /** A name for people: `Firefox on Windows`. */
    device: text('device').notNull(),
    /** The network address of the last use. */
    address: text('address').notNull(),
    /** The device that is known by its secret. Null without one, and for sessions from before devices had ids. */
    deviceId: uuid('device_id').references(() => devices.id, { onDelete: 'set null' }),
  },
  (table) => [
    index('sessions_account').on(table.accountId),
    index('sessions_ended_at').on(table.endedAt),
    index('sessions_expires_at').on(table.expiresAt),
    index('sessions_device').on(table.deviceId),
  ],
);

export type SessionRow = typeof sessions.$inferSelect;

/** The refresh tokens of `api` sessions. The tokens of a session are a family. */
export const refreshTokens = pgTable(
  'refresh_tokens',
  {
    hash: text('hash').primaryKey(),
    sessionId: text('session_id')
      .notNull()
      .references(() => sessions.id, { onDelete: 'cascade' }),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
    expiresAt: timestamp('expires_at', { withTimezone: true }).notNull(),
    usedAt: timestamp('used_at', { withTimezone: true }),
  },
  (table) => [
    index('refresh_tokens_session').on(table.sessionId),
    index('refresh_tokens_expires_at').on(table.expiresAt),
  ],
);

export type RefreshTokenRow = typeof refreshTokens.$inferSelect;

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
