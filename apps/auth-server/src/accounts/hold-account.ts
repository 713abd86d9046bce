import { eq } from 'drizzle-orm';
import type { DatabaseSession } from '../database/platform-database.js';
import { type AccountRow, accounts } from '../database/schema/index.js';

/** An account as it is now, held until the transaction ends. */
export async function holdAccount(
  tx: DatabaseSession,
  which: { readonly id: string } | { readonly emailKey: string },
): Promise<AccountRow | undefined> {
  const [account] = await tx
    .select()
    .from(accounts)
    .where('id' in which ? eq(accounts.id, which.id) : eq(accounts.emailKey, which.emailKey))
    .for('update');
  return account;
}
