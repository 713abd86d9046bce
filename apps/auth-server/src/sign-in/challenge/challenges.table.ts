import { index, integer, jsonb, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import type { Proof } from '../../credentials/credential.js';
import { accounts } from '../../accounts/accounts.table.js';

/** A proof as JSON has it. */
interface StoredProof extends Omit<Proof, 'at'> {
  /** ISO 8601. */
  readonly at: string;
}

/** Sign-ins that wait for another factor. */
export const signInChallenges = pgTable(
  'sign_in_challenges',
  {
    /** SHA-256 of the token. */
    hash: text('hash').primaryKey(),
    /** The flow that continues: that of the API, or an interaction. */
    flow: text('flow').notNull(),
    /** Null if the password was wrong: nothing completes the challenge. */
    accountId: uuid('account_id').references(() => accounts.id, { onDelete: 'cascade' }),
    /** What was proven so far. */
    proofs: jsonb('proofs').$type<readonly StoredProof[]>().notNull(),
    /** The name whose failures end with the challenge, as `login_failures` names it. */
    subject: text('subject').notNull(),
    /** A keyed hash of the code. */
    codeHash: text('code_hash').notNull(),
    tries: integer('tries').notNull().default(0),
    expiresAt: timestamp('expires_at', { withTimezone: true }).notNull(),
  },
  (table) => [
    index('sign_in_challenges_account').on(table.accountId),
    index('sign_in_challenges_expires_at').on(table.expiresAt),
  ],
);
