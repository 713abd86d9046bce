import { and, eq, type Placeholder } from 'drizzle-orm';
import type { DatabaseSession } from '../database/platform-database.js';
import { accounts } from '../database/schema/index.js';

/** An account as it was when its password was verified. */
export interface VerifiedAccount {
  readonly id: string | Placeholder;
  readonly passwordHash: string | Placeholder;
}

/**
 * Holds the row of an account until the transaction ends, if it is as it was when its password was
 * verified: whoever starts a session asks this first, so that none outlives a change of password.
 */
export function selectUnchanged(session: DatabaseSession, { id, passwordHash }: VerifiedAccount) {
  return session
    .select({ id: accounts.id })
    .from(accounts)
    .where(
      and(
        eq(accounts.id, id),
        eq(accounts.state, 'active'),
        eq(accounts.passwordHash, passwordHash),
      ),
    )
    .for('share');
}
