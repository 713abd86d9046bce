import { Injectable } from '@nestjs/common';
import { type AccountRow, Accounts } from '../../accounts/accounts.service.js';
import { readEmailAddress, usernameKey } from '../../accounts/identifiers.js';
import { PasswordHasher } from '../../credentials/password/password-hasher.js';
import { AccountLinks, accountLockedMail } from '../../notifications/account-mails.js';
import { Outbox } from '../../notifications/mail-queue.js';
import { PlatformDatabase } from '../../operation/database/database.js';
import { PlatformError } from '../../operation/http/errors.js';
import { PlatformMetrics } from '../../operation/metrics/metrics.js';
import { LockOut } from './lock-out.js';

/** Says whose name and password these are. */
@Injectable()
export class Authenticator {
  constructor(
    private readonly database: PlatformDatabase,
    private readonly directory: Accounts,
    private readonly lockOut: LockOut,
    private readonly hasher: PasswordHasher,
    private readonly outbox: Outbox,
    private readonly links: AccountLinks,
    private readonly metrics: PlatformMetrics,
  ) {}

  /**
   * The account of an e-mail address or username. Does the same work for names that nobody has, and
   * answers alike where the address was never confirmed: whoever registers another's address learns
   * nothing by logging in.
   *
   * @throws {PlatformError} `invalid_credentials`, `account_locked`, `overloaded`
   */
  async verify(identifier: string, password: string): Promise<AccountRow> {
    const account = await this.directory.findByName(identifier);
    return this.count(this.prove(this.keyOf(account, identifier), usable(account), password));
  }

  /**
   * The password of an account that is known already: a wrong one counts like a failed login.
   *
   * @throws {PlatformError} `invalid_credentials`, `account_locked`, `overloaded`
   */
  async verifyAgain(account: AccountRow, password: string): Promise<AccountRow> {
    return this.prove(this.lockOut.keyOfAccount(account.id), usable(account), password);
  }

  private async count(attempt: Promise<AccountRow>): Promise<AccountRow> {
    try {
      const account = await attempt;
      this.metrics.logins.inc({ outcome: 'success' });
      return account;
    } catch (error) {
      const outcome = error instanceof PlatformError ? error.code : 'failure';
      this.metrics.logins.inc({ outcome });
      throw error;
    }
  }

  private keyOf(account: AccountRow | undefined, identifier: string): string {
    return account === undefined
      ? this.lockOut.keyOfName(readEmailAddress(identifier)?.key ?? usernameKey(identifier))
      : this.lockOut.keyOfAccount(account.id);
  }

  private async prove(
    key: string,
    account: AccountRow | undefined,
    password: string,
  ): Promise<AccountRow> {
    await this.lockOut.begin(key);
    const { matches, upgrade } = await this.check(key, account, password);
    if (account === undefined || !matches) {
      await this.refuse(key, account);
      throw new PlatformError('invalid_credentials');
    }
    await this.lockOut.clear(this.database.db, key);
    return upgrade ? this.upgrade(account, password) : account;
  }

  private async check(key: string, account: AccountRow | undefined, password: string) {
    try {
      return await this.hasher.verify(password, account?.passwordHash ?? undefined);
    } catch (error) {
      await this.lockOut.giveBack(key);
      throw error;
    }
  }

  private async refuse(key: string, account: AccountRow | undefined): Promise<void> {
    await this.database.db.transaction(async (tx) => {
      const locked = await this.lockOut.fail(tx, key);
      if (!locked || !account?.email) return;
      const { forgotUrl } = this.links;
      await this.outbox.put(tx, accountLockedMail({ to: account.email, forgotUrl }));
    });
  }

  /** Hashes a password anew that was hashed elsewhere, or for less. Where that fails, the next login does. */
  private async upgrade(account: AccountRow, password: string): Promise<AccountRow> {
    const stronger = await this.hasher.hash(password).catch(() => undefined);
    if (stronger === undefined) return account;
    const upgraded = await this.directory.upgradeHash(account, stronger);
    return upgraded ?? this.renewedMeanwhile(account);
  }

  /** Another login was first with the same password; or the password was changed. */
  private async renewedMeanwhile(account: AccountRow): Promise<AccountRow> {
    const current = await this.directory.active(account.id);
    const changedAt = account.passwordChangedAt?.getTime();
    if (current === undefined || current.passwordChangedAt?.getTime() !== changedAt) {
      throw new PlatformError('invalid_credentials');
    }
    return current;
  }
}

/** Undefined for one that must not come in: its password is not even looked at. */
function usable(account: AccountRow | undefined): AccountRow | undefined {
  return account?.state === 'active' && account.emailVerifiedAt !== null ? account : undefined;
}
