import { Injectable } from '@nestjs/common';
import { and, eq, isNull, ne } from 'drizzle-orm';
import { Clock } from '../clock/clock.js';
import { type DatabaseSession, PlatformDatabase } from '../database/platform-database.js';
import { type AccountRow, accounts } from '../database/schema/index.js';
import { PlatformError } from '../errors/platform.error.js';
import { addressChangedMail } from '../mail/mails/address-changed.mail.js';
import { Outbox } from '../mail/outbox.js';
import { OneTimeTokens } from '../tokens/one-time-tokens.js';
import { type EmailAddress, readEmailAddress } from './email-address.js';
import { readPending } from './pending-registration.js';
import { RegistrationConfirmation } from './registration-confirmation.js';
import { isUniqueViolation } from './unique-violation.js';

/** An address that is confirmed. */
export interface Confirmed {
  readonly account: AccountRow;
  /** Whether its owner has to choose a password: a link for that is on its way to the address. */
  readonly needsPassword: boolean;
}

/** Believes that an address is somebody's, once they open the link that was mailed there. */
@Injectable()
export class EmailVerification {
  constructor(
    private readonly database: PlatformDatabase,
    private readonly clock: Clock,
    private readonly tokens: OneTimeTokens,
    private readonly registrations: RegistrationConfirmation,
    private readonly outbox: Outbox,
  ) {}

  /**
   * Uses the link up, and gives the account what that link is about: a registration, or a new address. All
   * other links of the account end. Where an address was registered several times, nobody can say whose
   * mail was opened: it is confirmed, and no password of those counts.
   *
   * @throws {PlatformError} `link_invalid`; for a new address also where another account has it by now
   */
  async verify(token: string): Promise<Confirmed> {
    try {
      return await this.database.db.transaction((tx) => this.redeem(tx, token));
    } catch (error) {
      throw isUniqueViolation(error) ? new PlatformError('link_invalid') : error;
    }
  }

  private async redeem(tx: DatabaseSession, token: string): Promise<Confirmed> {
    const { accountId, data } = await this.tokens.redeem(tx, 'verify_email', token);
    if (accountId === undefined) throw new PlatformError('link_invalid');
    const pending = readPending(data);
    const others = await this.tokens.pending(tx, accountId, 'verify_email');
    await this.tokens.withdraw(tx, accountId);
    if (pending !== undefined) {
      const needsPassword = others.length > 0;
      const account = needsPassword
        ? await this.registrations.confirmAddress(tx, accountId, pending)
        : await this.registrations.confirm(tx, accountId, pending);
      return { account, needsPassword };
    }
    const address = readEmailAddress(data['email'] ?? '');
    if (address !== undefined) {
      return { account: await this.change(tx, accountId, address), needsPassword: false };
    }
    throw new PlatformError('link_invalid');
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
