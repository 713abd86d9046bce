import { Injectable } from '@nestjs/common';
import { and, eq, isNull } from 'drizzle-orm';
import { Clock } from '../clock/clock.js';
import type { DatabaseSession } from '../database/platform-database.js';
import { type AccountRow, accounts } from '../database/schema/index.js';
import { PlatformError } from '../errors/platform.error.js';
import { LockOut } from '../login/lock-out.js';
import { choosePasswordMail } from '../mail/mails/choose-password.mail.js';
import { Outbox } from '../mail/outbox.js';
import { OneTimeTokens } from '../tokens/one-time-tokens.js';
import { AccountLinks } from './account-links.js';
import { RESET_TTL } from './link-ttl.js';
import type { PendingRegistration } from './pending-registration.js';
import { isUniqueViolation } from './unique-violation.js';
import { usernameKey } from './username.js';

/** What the link of a registration makes of its account. */
@Injectable()
export class RegistrationConfirmation {
  constructor(
    private readonly clock: Clock,
    private readonly tokens: OneTimeTokens,
    private readonly lockOut: LockOut,
    private readonly outbox: Outbox,
    private readonly links: AccountLinks,
  ) {}

  /** @throws {PlatformError} `link_invalid` where the account is confirmed already */
  async confirm(
    tx: DatabaseSession,
    accountId: string,
    { email, passwordHash, username, name }: PendingRegistration,
  ): Promise<AccountRow> {
    const passwordChangedAt = this.clock.now();
    const changes = { email, passwordHash, passwordChangedAt, ...(name !== undefined && { name }) };
    const account = await this.write(tx, accountId, changes);
    return username === undefined ? account : this.nameIfFree(tx, account, username);
  }

  /**
   * Takes nothing of the registration but its address, and mails the way to a password there.
   *
   * @throws {PlatformError} `link_invalid` where the account is confirmed already
   */
  async confirmAddress(
    tx: DatabaseSession,
    accountId: string,
    { email }: PendingRegistration,
  ): Promise<AccountRow> {
    const account = await this.write(tx, accountId, { email, passwordHash: null });
    const purpose = 'reset_password';
    const token = await this.tokens.issue(tx, { purpose, accountId, ttl: RESET_TTL });
    const link = this.links.linkTo('reset-password', token);
    await this.outbox.put(tx, choosePasswordMail({ to: email, link }));
    return account;
  }

  private async write(
    tx: DatabaseSession,
    accountId: string,
    changes: Partial<AccountRow>,
  ): Promise<AccountRow> {
    const now = this.clock.now();
    const [account] = await tx
      .update(accounts)
      .set({ ...changes, emailVerifiedAt: now, updatedAt: now })
      .where(and(eq(accounts.id, accountId), isNull(accounts.emailVerifiedAt)))
      .returning();
    if (account === undefined) throw new PlatformError('link_invalid');
    await this.lockOut.clear(tx, this.lockOut.keyOfAccount(accountId));
    return account;
  }

  /** Without one, where somebody else took the username meanwhile. */
  private async nameIfFree(
    tx: DatabaseSession,
    account: AccountRow,
    username: string,
  ): Promise<AccountRow> {
    try {
      return await tx.transaction(async (step) => {
        const [named] = await step
          .update(accounts)
          .set({ username, usernameKey: usernameKey(username) })
          .where(eq(accounts.id, account.id))
          .returning();
        return named ?? account;
      });
    } catch (error) {
      if (isUniqueViolation(error)) return account;
      throw error;
    }
  }
}
