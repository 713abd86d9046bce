import type { DatabaseSession } from '../database/platform-database.js';
import { type AccountRow, accounts } from '../database/schema/index.js';
import type { EmailAddress } from './email-address.js';

/**
 * The account of an address, made where there is none, and held until the transaction ends. Of any number
 * of transactions at once one makes it, and the others wait for that one.
 */
export async function holdAddress(
  tx: DatabaseSession,
  { address, key }: EmailAddress,
  now: Date,
): Promise<AccountRow> {
  const [account] = await tx
    .insert(accounts)
    .values({ email: address, emailKey: key, createdAt: now, updatedAt: now })
    // Changes nothing, and holds the row.
    .onConflictDoUpdate({ target: accounts.emailKey, set: { emailKey: key } })
    .returning();
  if (account === undefined) throw new Error('An upsert must return its row.');
  return account;
}
