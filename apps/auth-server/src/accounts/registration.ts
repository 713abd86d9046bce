import { Injectable } from '@nestjs/common';
import { eq } from 'drizzle-orm';
import { Clock } from '../clock/clock.js';
import { type DatabaseSession, PlatformDatabase } from '../database/platform-database.js';
import { type AccountRow, accounts } from '../database/schema/index.js';
import { alreadyRegisteredMail } from '../mail/mails/already-registered.mail.js';
import { verifyEmailMail } from '../mail/mails/verify-email.mail.js';
import { Outbox } from '../mail/outbox.js';
import { OneTimeTokens } from '../tokens/one-time-tokens.js';
import { AccountLinks } from './account-links.js';
import type { EmailAddress } from './email-address.js';
import { holdAddress } from './hold-address.js';
import { RESET_TTL, VERIFICATION_TTL } from './link-ttl.js';
import { NewPasswords } from './new-passwords.js';
import { pendingData } from './pending-registration.js';
import { usernameKey } from './username.js';

/** What somebody registers with. */
export interface RegistrationRequest {
  readonly email: EmailAddress;
  readonly password: string;
  readonly username?: string | undefined;
  readonly name?: string | undefined;
}

/**
 * Makes accounts. Until the link in the mail is opened an account is an address and nothing else: what
 * somebody registers with goes along with the link of that very registration.
 */
@Injectable()
export class Registration {
  constructor(
    private readonly database: PlatformDatabase,
    private readonly clock: Clock,
    private readonly passwords: NewPasswords,
    private readonly tokens: OneTimeTokens,
    private readonly outbox: Outbox,
    private readonly links: AccountLinks,
  ) {}

  /**
   * Ends alike, after the same work, whether the address has an account or not: what differs is the mail.
   *
   * @throws {PlatformError} `password_rejected`, `overloaded`
   */
  async register(request: RegistrationRequest): Promise<void> {
    const { email, password, username, name } = request;
    const owner = { email: email.address, username, name };
    const passwordHash = await this.passwords.hash(password, owner);
    await this.database.db.transaction(async (tx) => {
      const account = await holdAddress(tx, email, this.clock.now());
      const taken = await isTaken(tx, username);
      if (account.emailVerifiedAt !== null) return this.remind(tx, account, email);
      const token = await this.tokens.issue(tx, {
        purpose: 'verify_email',
        accountId: account.id,
        data: pendingData({ email: email.address, passwordHash, username, name }),
        ttl: VERIFICATION_TTL,
        besideOlder: true,
      });
      const link = this.links.linkTo('verify-email', token);
      const takenUsername = taken ? username : undefined;
      await this.outbox.put(tx, verifyEmailMail({ to: email.address, link, takenUsername }));
    });
  }

  private async remind(
    tx: DatabaseSession,
    { id, email: known }: AccountRow,
    { address }: EmailAddress,
  ): Promise<void> {
    const token = await this.tokens.issue(tx, {
      purpose: 'reset_password',
      accountId: id,
      ttl: RESET_TTL,
      besideOlder: true,
    });
    const link = this.links.linkTo('reset-password', token);
    await this.outbox.put(tx, alreadyRegisteredMail({ to: known ?? address, link }));
  }
}

async function isTaken(tx: DatabaseSession, username: string | undefined): Promise<boolean> {
  if (username === undefined) return false;
  const rows = await tx
    .select({ id: accounts.id })
    .from(accounts)
    .where(eq(accounts.usernameKey, usernameKey(username)));
  return rows.length > 0;
}
