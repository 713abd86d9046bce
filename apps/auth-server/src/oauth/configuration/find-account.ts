import type { Account, FindAccount } from 'oidc-provider';
import type { Accounts } from '../../accounts/accounts.js';
import type { AccountRow } from '../../database/schema/index.js';

/** An account that may be used. For one that was closed, every code and token is refused. */
export function findAccount(accounts: Accounts): FindAccount {
  return async (_ctx, id) => {
    const account = await accounts.active(id);
    return account && oidcAccountOf(account);
  };
}

/** An account as oidc-provider knows it. */
export function oidcAccountOf(account: AccountRow): Account {
  return { accountId: account.id, account, claims: () => claimsOf(account) };
}

/** All that can be said of it: oidc-provider leaves out what the scopes do not open. */
function claimsOf(account: AccountRow) {
  const { id, name, username, email, emailVerifiedAt, updatedAt } = account;
  return {
    sub: id,
    ...(name !== null && { name }),
    ...(username !== null && { preferred_username: username }),
    ...(email !== null && { email, email_verified: emailVerifiedAt !== null }),
    updated_at: Math.floor(updatedAt.getTime() / 1000),
  };
}
