import { Injectable } from '@nestjs/common';
import { type AccountRow, AccountsService } from '../../accounts/accounts.service.js';
import { Clock } from '../../operation/clock.js';
import type { DatabaseSession } from '../../operation/database/database.js';
import type { Credential, Proof } from '../credential.js';
import { PasswordHasher } from './password-hasher.js';
import { PasswordPolicy } from './password-policy.js';
import { type PasswordContext, PasswordRejectedError } from './password-verdict.js';

/** The password of an account. The enrolment is its hash: see {@link PasswordCredential.hash}. */
@Injectable()
export class PasswordCredential implements Credential<string, string> {
  constructor(
    private readonly accounts: AccountsService,
    private readonly policy: PasswordPolicy,
    private readonly hasher: PasswordHasher,
    private readonly clock: Clock,
  ) {}

  /**
   * Checks a new password against the policy, and hashes it. Slow: call it before a transaction starts.
   *
   * @throws {PasswordRejectedError}
   * @throws {PlatformError} `overloaded`
   */
  async hash(password: string, owner: PasswordContext): Promise<string> {
    const verdict = this.policy.check(password, owner);
    if (!verdict.acceptable) throw new PasswordRejectedError(verdict);
    return this.hasher.hash(password);
  }

  /** @throws {PlatformError} `overloaded` */
  async verify(account: AccountRow | undefined, password: string): Promise<Proof | undefined> {
    const stored = account?.passwordHash ?? undefined;
    const { matches, upgrade } = await this.hasher.verify(password, stored);
    if (account === undefined || !matches) return undefined;
    if (upgrade) await this.upgrade(account, password);
    return { method: 'pwd', at: this.clock.now(), securityVersion: account.securityVersion };
  }

  async enrol(tx: DatabaseSession, accountId: string, passwordHash: string): Promise<void> {
    const passwordChangedAt = this.clock.now();
    await this.accounts.changeCredential(tx, accountId, { passwordHash, passwordChangedAt });
  }

  async remove(tx: DatabaseSession, accountId: string): Promise<void> {
    const passwordChangedAt = this.clock.now();
    await this.accounts.changeCredential(tx, accountId, { passwordHash: null, passwordChangedAt });
  }

  /**
   * Replaces a hash of another scheme or lower cost. The password stays the same, and so does the security
   * version. If it fails, the next sign-in tries again.
   */
  private async upgrade(account: AccountRow, password: string): Promise<void> {
    const stronger = await this.hasher.hash(password).catch(() => undefined);
    if (stronger !== undefined) await this.accounts.upgradeHash(account, stronger);
  }
}
