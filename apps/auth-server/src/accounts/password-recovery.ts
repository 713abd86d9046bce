import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { eq } from 'drizzle-orm';
import { Clock } from '../clock/clock.js';
import { PlatformDatabase } from '../database/platform-database.js';
import { type AccountRow, accounts } from '../database/schema/index.js';
import { PlatformError } from '../errors/platform.error.js';
import { noAccountMail } from '../mail/mails/no-account.mail.js';
import { resetPasswordMail } from '../mail/mails/reset-password.mail.js';
import { Outbox } from '../mail/outbox.js';
import { Sessions } from '../sessions/sessions.js';
import { ServerSettings } from '../settings/server-settings.js';
import { OneTimeTokens } from '../tokens/one-time-tokens.js';
import { AccountLinks } from './account-links.js';
import { Accounts } from './accounts.js';
import type { EmailAddress } from './email-address.js';
import { holdAccount } from './hold-account.js';
import { RESET_TTL } from './link-ttl.js';
import { NewPasswords } from './new-passwords.js';
import { PasswordReplacement } from './password-replacement.js';

/** A new password for whoever reads the mails of an account. */
@Injectable()
export class PasswordRecovery {
  constructor(
    private readonly database: PlatformDatabase,
    private readonly clock: Clock,
    private readonly settings: ServerSettings,
    private readonly directory: Accounts,
    private readonly tokens: OneTimeTokens,
    private readonly passwords: NewPasswords,
    private readonly replacement: PasswordReplacement,
    private readonly sessions: Sessions,
    private readonly outbox: Outbox,
    private readonly links: AccountLinks,
  ) {}

  /** Ends alike, after the same statements, whether the address has an account or not. */
  async forgot({ address, key }: EmailAddress): Promise<void> {
    const purpose = 'reset_password';
    await this.database.db.transaction(async (tx) => {
      const account = await holdAccount(tx, { emailKey: key });
      await this.tokens.withdraw(tx, account?.id ?? randomUUID(), purpose);
      const link = { purpose, accountId: account?.id, ttl: RESET_TTL, besideOlder: true } as const;
      const token = await this.tokens.issue(tx, link);
      const mail = account?.email
        ? resetPasswordMail({ to: account.email, link: this.links.linkTo('reset-password', token) })
        : noAccountMail({ to: address, issuer: this.settings.issuer });
      await this.outbox.put(tx, mail);
    });
  }

  /**
   * Whose password the link changes, without using it up.
   *
   * @throws {PlatformError} `link_invalid`
   */
  async peek(token: string): Promise<AccountRow> {
    const { accountId } = await this.tokens.peek(this.database.db, 'reset_password', token);
    const account = await this.directory.find(accountId ?? '');
    if (account === undefined) throw new PlatformError('link_invalid');
    return account;
  }

  /**
   * Sets a new password, and ends all sessions. Whoever opened the link reads the mails of the address,
   * so it counts as confirmed; and an account that its owner had closed is open again.
   *
   * @throws {PlatformError} `link_invalid`, `password_rejected` (the link stays good), `overloaded`
   */
  async reset(token: string, password: string): Promise<void> {
    const passwordHash = await this.passwords.hash(password, await this.peek(token));
    const ended = await this.database.db.transaction(async (tx) => {
      const { accountId } = await this.tokens.redeem(tx, 'reset_password', token);
      const account =
        accountId === undefined ? undefined : await holdAccount(tx, { id: accountId });
      if (account === undefined) throw new PlatformError('link_invalid');
      await tx.update(accounts).set(this.reopened(account)).where(eq(accounts.id, account.id));
      return this.replacement.replace(tx, account, { passwordHash, because: 'password_reset' });
    });
    await this.sessions.announceEnded(ended);
  }

  private reopened({ state, emailVerifiedAt }: AccountRow): Partial<AccountRow> {
    return {
      emailVerifiedAt: emailVerifiedAt ?? this.clock.now(),
      ...(state !== 'disabled' && { state: 'active', deletedAt: null, anonymiseAt: null }),
    };
  }
}
