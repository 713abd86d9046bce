import { Injectable } from '@nestjs/common';
import { and, eq, isNotNull } from 'drizzle-orm';
import type { DatabaseSession } from '../database/platform-database.js';
import { type AccountRow, accounts } from '../database/schema/index.js';
import type { Mail } from '../mail/mail.js';
import { addressChangingMail } from '../mail/mails/address-changing.mail.js';
import { addressInUseMail } from '../mail/mails/address-in-use.mail.js';
import { confirmNewAddressMail } from '../mail/mails/confirm-new-address.mail.js';
import { Outbox } from '../mail/outbox.js';
import { OneTimeTokens } from '../tokens/one-time-tokens.js';
import { AccountLinks } from './account-links.js';
import type { EmailAddress } from './email-address.js';
import { VERIFICATION_TTL } from './link-ttl.js';

/** A new address for an account: it counts once the link that is mailed there was opened. */
@Injectable()
export class AddressChange {
  constructor(
    private readonly tokens: OneTimeTokens,
    private readonly outbox: Outbox,
    private readonly links: AccountLinks,
  ) {}

  /**
   * For an account whose row is held, and whose password was just given. Ends alike whether the new
   * address has an account or not: what differs is the mail that it gets. The address so far is told in
   * either case, while a new password still stops the change.
   */
  async request(tx: DatabaseSession, account: AccountRow, email: EmailAddress): Promise<void> {
    await this.tokens.withdraw(tx, account.id, 'verify_email');
    const owner = await confirmedOwner(tx, email);
    // One that leads nowhere where the address is taken, and none of its owner's: their row may be held by
    // somebody who waits for the row of this account.
    const token = await this.tokens.issue(tx, {
      purpose: 'verify_email',
      accountId: owner === undefined ? account.id : undefined,
      data: { email: email.address },
      ttl: VERIFICATION_TTL,
      besideOlder: true,
    });
    await this.outbox.put(tx, this.mail(owner, email, token));
    if (account.email === null) return;
    const { forgotUrl } = this.links;
    const notice = { to: account.email, newAddress: email.address, forgotUrl };
    await this.outbox.put(tx, addressChangingMail(notice));
  }

  private mail(owner: AccountRow | undefined, { address }: EmailAddress, token: string): Mail {
    if (owner === undefined) {
      const link = this.links.linkTo('verify-email', token);
      return confirmNewAddressMail({ to: address, link });
    }
    return addressInUseMail({ to: owner.email ?? address, forgotUrl: this.links.forgotUrl });
  }
}

/** Whose address it is. One that nobody confirmed is nobody's. */
async function confirmedOwner(
  tx: DatabaseSession,
  { key }: EmailAddress,
): Promise<AccountRow | undefined> {
  const [owner] = await tx
    .select()
    .from(accounts)
    .where(and(eq(accounts.emailKey, key), isNotNull(accounts.emailVerifiedAt)));
  return owner;
}
