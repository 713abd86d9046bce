import { Injectable } from '@nestjs/common';
import { type AccountRow, AccountsService } from '../../accounts/accounts.service.js';
import { readEmailAddress, usernameKey } from '../../accounts/identifiers.js';
import type { Proof } from '../../credentials/credential.js';
import { PasswordCredential } from '../../credentials/password/password-credential.js';
import { accountParty, type Party, type PlatformEvent } from '../../events/catalogue.js';
import { Events } from '../../events/events.service.js';
import { AccountLinks, accountLockedMail } from '../../notifications/account-mails.js';
import { Outbox } from '../../notifications/mail-queue.js';
import { PlatformDatabase } from '../../operation/database/database.js';
import { PlatformError } from '../../operation/http/errors.js';
import { PlatformMetrics } from '../../operation/metrics/metrics.js';
import { Lockout } from './lockout.js';

/** An account whose owner was proven. */
export interface ProvenAccount {
  readonly account: AccountRow;
  readonly proof: Proof;
}

/** A password that is presented for an account, or for a name that has none. */
interface Attempt {
  /** The key by which failures are counted. */
  readonly key: string;
  readonly account: AccountRow | undefined;
  readonly password: string;
  /** The caller, if a session has proven who it is. */
  readonly by?: Party;
}

/** Verifies names and passwords, and counts the failures. */
@Injectable()
export class PasswordVerifierService {
  constructor(
    private readonly database: PlatformDatabase,
    private readonly accounts: AccountsService,
    private readonly lockOut: Lockout,
    private readonly password: PasswordCredential,
    private readonly outbox: Outbox,
    private readonly links: AccountLinks,
    private readonly metrics: PlatformMetrics,
    private readonly events: Events,
  ) {}

  /**
   * Verifies an identifier and a password. Does the same work for unknown names, and gives the same answer
   * for an unconfirmed address: registering another person's address reveals nothing.
   *
   * @throws {PlatformError} `invalid_credentials`, `account_locked`, `overloaded`
   */
  async verify(identifier: string, password: string): Promise<ProvenAccount> {
    const account = await this.accounts.findByName(identifier);
    const key = this.keyOf(account, identifier);
    return this.metrics.countFailure(this.prove({ key, account, password }));
  }

  /**
   * Verifies the password of a known account. A wrong one counts like a failed login.
   *
   * @throws {PlatformError} `invalid_credentials`, `account_locked`, `overloaded`
   */
  async verifyAgain(account: AccountRow, password: string): Promise<Proof> {
    const key = this.lockOut.keyOfAccount(account.id);
    const by = accountParty(account.id);
    const { proof } = await this.prove({ key, account, password, by });
    return proof;
  }

  private keyOf(account: AccountRow | undefined, identifier: string): string {
    return account === undefined
      ? this.lockOut.keyOfName(readEmailAddress(identifier)?.key ?? usernameKey(identifier))
      : this.lockOut.keyOfAccount(account.id);
  }

  private async prove(attempt: Attempt): Promise<ProvenAccount> {
    const { key, password } = attempt;
    const account = usable(attempt.account);
    await this.lockOut.begin(key);
    const proof = await this.check(key, account, password);
    if (account === undefined || proof === undefined) {
      await this.refuse(attempt);
      // A signed-in caller has given no name.
      throw attempt.by === undefined
        ? new PlatformError('invalid_credentials')
        : new PlatformError('invalid_credentials', { message: 'The current password is wrong.' });
    }
    await this.lockOut.clear(this.database.db, key);
    return { account, proof };
  }

  private async check(key: string, account: AccountRow | undefined, password: string) {
    try {
      return await this.password.verify(account, password);
    } catch (error) {
      await this.lockOut.release(key);
      throw error;
    }
  }

  private async refuse({ key, account, by }: Attempt): Promise<void> {
    const subject = account && accountParty(account.id);
    const failed: PlatformEvent = {
      type: 'sign_in.failed',
      outcome: 'failure',
      actor: by,
      subject,
    };
    await this.database.db.transaction(async (tx) => {
      const locked = await this.lockOut.fail(tx, key);
      const lock: PlatformEvent = { type: 'sign_in.locked', actor: by, subject };
      await this.events.record(tx, failed, ...(locked ? [lock] : []));
      const to = usable(account)?.email;
      if (!locked || !to) return;
      const { forgotUrl } = this.links;
      await this.outbox.put(tx, accountLockedMail({ to, forgotUrl }));
    });
  }
}

/** Returns undefined for an account that must not sign in. Its password is not verified. */
function usable(account: AccountRow | undefined): AccountRow | undefined {
  return account?.state === 'active' && account.emailVerifiedAt !== null ? account : undefined;
}
