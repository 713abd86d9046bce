import { Injectable } from '@nestjs/common';
import { and, eq, isNull, ne } from 'drizzle-orm';
import { Clock } from '../clock/clock.js';
import { type DatabaseSession, PlatformDatabase } from '../database/platform-database.js';
import { type AccountRow, accounts } from '../database/schema/index.js';
import { PlatformError } from '../errors/platform.error.js';
import { LockOut } from '../login/lock-out.js';
import { addressChangedMail } from '../mail/mails/address-changed.mail.js';
import { Outbox } from '../mail/outbox.js';
import { OneTimeTokens } from '../tokens/one-time-tokens.js';
import { type EmailAddress, readEmailAddress } from './email-address.js';
import { type PendingRegistration, readPending } from './pending-registration.js';
import { isUniqueViolation } from './unique-violation.js';
import { usernameKey } from './username.js';

/** Believes that an address is somebody's, once they open the link that was mailed there. */
@Injectable()
export class EmailVerification {
  constructor(
    private readonly database: PlatformDatabase,
    private readonly clock: Clock,
    private readonly tokens: OneTimeTokens,
    private readonly lockOut: LockOut,
    private readonly outbox: Outbox,
  ) {}

  /**
   * Uses the link up, and gives the account what that link is about: the password of that registration
   * and of no other, or the new address. All other links of the account end.
   *
   * @throws {PlatformError} `link_invalid`; for a new address also where another account has it by now
   */
  async verify(token: string): Promise<AccountRow> {
    try {
      return await this.database.db.transaction((tx) => this.redeem(tx, token));
    } catch (error) {
      throw isUniqueViolation(error) ? new PlatformError('link_invalid') : error;
    }
  }

  private async redeem(tx: DatabaseSession, token: string): Promise<AccountRow> {
    const { accountId, data } = await this.tokens.redeem(tx, 'verify_email', token);
    if (accountId === undefined) throw new PlatformError('link_invalid');
    const pending = readPending(data);
    const address = readEmailAddress(data['email'] ?? '');
    await this.tokens.withdraw(tx, accountId);
    if (pending !== undefined) return this.confirm(tx, accountId, pending);
    if (address !== undefined) return this.change(tx, accountId, address);
    throw new PlatformError('link_invalid');
  }

  private async confirm(
    tx: DatabaseSession,
    accountId: string,
    { passwordHash, username, name }: PendingRegistration,
  ): Promise<AccountRow> {
    const now = this.clock.now();
    const [account] = await tx
      .update(accounts)
      .set({ passwordHash, passwordChangedAt: now, emailVerifiedAt: now, updatedAt: now, name })
      .where(and(eq(accounts.id, accountId), isNull(accounts.emailVerifiedAt)))
      .returning();
    if (account === undefined) throw new PlatformError('link_invalid');
    await this.lockOut.clear(tx, this.lockOut.keyOfAccount(accountId));
    return username === undefined ? account : this.nameIfFree(tx, account, username);
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

  /** An account with that address that nobody confirmed gives way. */
  private async change(
    tx: DatabaseSession,
    accountId: string,
    { address, key }: EmailAddress,
  ): Promise<AccountRow> {
    const now = this.clock.now();
    await tx
      .delete(accounts)
      .where(
        and(
          eq(accounts.emailKey, key),
          isNull(accounts.emailVerifiedAt),
          ne(accounts.id, accountId),
        ),
      );
    const [before] = await tx.select().from(accounts).where(eq(accounts.id, accountId));
    const [account] = await tx
      .update(accounts)
      .set({ email: address, emailKey: key, emailVerifiedAt: now, updatedAt: now })
      .where(and(eq(accounts.id, accountId), eq(accounts.state, 'active')))
      .returning();
    if (account === undefined || !before?.email) throw new PlatformError('link_invalid');
    await this.outbox.put(tx, addressChangedMail({ to: before.email, newAddress: address }));
    return account;
  }
}
