import { and, eq, type Placeholder, sql } from 'drizzle-orm';
import type { DatabaseSession } from '../operation/database/database.js';
import { accounts } from './accounts.table.js';

/** An account, as a proof of its owner names it. */
export interface ProvenAccount {
  readonly id: string | Placeholder;
  readonly securityVersion: number | Placeholder;
}

/** Selects and share-locks an active account whose credentials have not changed since it was proven. */
export function selectUnchanged(session: DatabaseSession, { id, securityVersion }: ProvenAccount) {
  return session
    .select({ id: accounts.id })
    .from(accounts)
    .where(
      and(
        eq(accounts.id, id),
        eq(accounts.state, 'active'),
        eq(accounts.securityVersion, securityVersion),
      ),
    )
    .for('share');
}

/** Selects password hashes that do not begin with a prefix. */
export function selectHashesWithout(session: DatabaseSession, prefix: string, limit: number) {
  return session
    .select({ hash: accounts.passwordHash })
    .from(accounts)
    .where(sql`not starts_with(${accounts.passwordHash}, ${prefix})`)
    .limit(limit);
}

/** The active accounts, to join in a statement of another room. PostgreSQL inlines it. */
export function activeAccounts(session: DatabaseSession) {
  return session.select().from(accounts).where(eq(accounts.state, 'active')).as('account');
}
