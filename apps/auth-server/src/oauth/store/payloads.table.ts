import { index, jsonb, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core';

/** The data of oidc-provider: codes, tokens, grants, sessions of browsers. Their keys are hashes. */
export const oidcPayloads = pgTable(
  'oidc_payloads',
  {
    model: text('model').notNull(),
    idHash: text('id_hash').notNull(),
    payload: jsonb('payload').$type<Readonly<Record<string, unknown>>>().notNull(),
    grantId: text('grant_id'),
    /** The `uid` of a session or interaction. */
    uid: text('uid'),
    userCodeHash: text('user_code_hash'),
    /** The session that a code or token came from. */
    sessionUid: text('session_uid'),
    accountId: text('account_id'),
    clientId: text('client_id'),
    expiresAt: timestamp('expires_at', { withTimezone: true }),
    consumedAt: timestamp('consumed_at', { withTimezone: true }),
  },
  (table) => [
    primaryKey({ columns: [table.model, table.idHash] }),
    index('oidc_payloads_grant').on(table.grantId),
    index('oidc_payloads_uid').on(table.uid),
    index('oidc_payloads_user_code').on(table.userCodeHash),
    index('oidc_payloads_session').on(table.sessionUid),
    index('oidc_payloads_account').on(table.accountId),
    index('oidc_payloads_client').on(table.clientId),
    index('oidc_payloads_expires_at').on(table.expiresAt),
  ],
);
