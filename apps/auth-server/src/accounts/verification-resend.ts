import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { PlatformDatabase } from '../database/platform-database.js';
import type { AccountRow } from '../database/schema/index.js';
import type { Mail } from '../mail/mail.js';
import { alreadyRegisteredMail } from '../mail/mails/already-registered.mail.js';
import { noAccountMail } from '../mail/mails/no-account.mail.js';
import { resetPasswordMail } from '../mail/mails/reset-password.mail.js';
import { verifyEmailMail } from '../mail/mails/verify-email.mail.js';
import { Outbox } from '../mail/outbox.js';
import { ServerSettings } from '../settings/server-settings.js';
import { OneTimeTokens } from '../tokens/one-time-tokens.js';
import { AccountLinks } from './account-links.js';
import type { EmailAddress } from './email-address.js';
import { holdAccount } from './hold-account.js';
import { RESET_TTL, VERIFICATION_TTL } from './link-ttl.js';
import { type PendingRegistration, readPending } from './pending-registration.js';

/** The link of a registration, once more. */
@Injectable()
export class VerificationResend {
  constructor(
    private readonly database: PlatformDatabase,
    private readonly settings: ServerSettings,
    private readonly tokens: OneTimeTokens,
    private readonly outbox: Outbox,
    private readonly links: AccountLinks,
  ) {}

  /**
   * Ends alike, after the same statements, whatever account the address has. Where an address was
   * registered several times, nobody can say whose password counts: the link then asks for a new one.
   */
  async resend({ address, key }: EmailAddress): Promise<void> {
    await this.database.db.transaction(async (tx) => {
      const account = await holdAccount(tx, { emailKey: key });
      const id = account?.id ?? randomUUID();
      const [only, ...others] = await this.tokens.pending(tx, id, 'verify_email');
      const again = account?.emailVerifiedAt === null && others.length === 0 ? only : undefined;
      const purpose = again === undefined ? 'reset_password' : 'verify_email';
      await this.tokens.withdraw(tx, id, purpose);
      const token = await this.tokens.issue(tx, {
        purpose,
        accountId: account?.id,
        ...(again && { data: again.data }),
        ttl: again === undefined ? RESET_TTL : VERIFICATION_TTL,
        besideOlder: true,
      });
      await this.outbox.put(
        tx,
        this.mail(account, address, token, again && readPending(again.data)),
      );
    });
  }

  private mail(
    account: AccountRow | undefined,
    address: string,
    token: string,
    again: PendingRegistration | undefined,
  ): Mail {
    if (!account?.email) return noAccountMail({ to: address, issuer: this.settings.issuer });
    if (again) {
      return verifyEmailMail({ to: again.email, link: this.links.linkTo('verify-email', token) });
    }
    const to = account.email;
    const link = this.links.linkTo('reset-password', token);
    return account.emailVerifiedAt === null
      ? resetPasswordMail({ to, link })
      : alreadyRegisteredMail({ to, link });
  }
}
