import { Injectable } from '@nestjs/common';
import { PatronusError } from '@patronus/nestjs';
import type { EmailAddress } from '../accounts/identifiers.js';
import { accountParty, changesBetween } from '../events/catalogue.js';
import { Events } from '../events/events.service.js';
import {
  AccountLinks,
  addressChangingMail,
  addressInUseMail,
  confirmNewAddressMail,
  type MailDraft,
} from '../notifications/account-mails.js';
import { Outbox } from '../notifications/mail-queue.js';
import {
  type DatabaseSession,
  isUniqueViolation,
  PlatformDatabase,
} from '../operation/database/database.js';
import { type AccountRow, AccountsService } from '../accounts/accounts.service.js';
import { PlatformError } from '../operation/http/errors.js';
import { currentRequest } from '../operation/http/request-facts.js';
import { RateLimitsService } from '../operation/limits/rate-limits.service.js';
import { PasswordVerifierService } from '../sign-in/login/password-verifier.service.js';
import { OneTimeTokensService, VERIFICATION_TTL } from '../sign-in/one-time-tokens.service.js';

/** Changes the address of an account. The change takes effect when the link that is mailed to it is opened. */
@Injectable()
export class AddressChangeService {
  constructor(
    private readonly accounts: AccountsService,
    private readonly tokens: OneTimeTokensService,
    private readonly outbox: Outbox,
    private readonly links: AccountLinks,
  ) {}

  /**
   * Requests a change for an account whose row is locked and whose password was verified. Does the same if
   * the new address has an account; only the mail to it differs. The current address is notified in either
   * case, while a new password can still cancel the change.
   *
   * @param mayMail false if the new address got too many mails: it gets none, and the change does not happen
   */
  async request(
    tx: DatabaseSession,
    account: AccountRow,
    email: EmailAddress,
    mayMail: boolean,
  ): Promise<void> {
    await this.tokens.withdraw(tx, account.id, 'verify_email');
    const owner = await this.accounts.confirmedOwner(tx, email);
    // If the address is taken, the token belongs to no account and its link is never mailed. A token of the
    // other account would need its row, whose holder may wait for the row of this account.
    const token = await this.tokens.issue(tx, {
      purpose: 'verify_email',
      accountId: owner === undefined ? account.id : undefined,
      data: { email: email.address },
      ttl: VERIFICATION_TTL,
      besideOlder: true,
    });
    await this.outbox.put(tx, this.mail(owner, email, token), mayMail);
    if (account.email === null) return;
    const { forgotUrl } = this.links;
    const notice = { to: account.email, newAddress: email.address, forgotUrl };
    await this.outbox.put(tx, addressChangingMail(notice));
  }

  private mail(owner: AccountRow | undefined, { address }: EmailAddress, token: string): MailDraft {
    if (owner === undefined) {
      const link = this.links.linkTo('verify-email', token);
      return confirmNewAddressMail({ to: address, link });
    }
    return addressInUseMail({ to: owner.email ?? address, forgotUrl: this.links.forgotUrl });
  }
}

/** Changes of a profile. Undefined members keep their values; null removes a value. */
interface ProfileChanges {
  readonly name?: string | null | undefined;
  readonly username?: string | null | undefined;
  /** The new address, with the current password. */
  readonly address?:
    | {
        readonly email: EmailAddress;
        readonly password: string;
        /** The session of the caller. Undefined if the token names none. */
        readonly sessionId: string | undefined;
      }
    | undefined;
}

/** Changes the profile of an account. */
@Injectable()
export class ProfileService {
  constructor(
    private readonly database: PlatformDatabase,
    private readonly accounts: AccountsService,
    private readonly passwords: PasswordVerifierService,
    private readonly addressChange: AddressChangeService,
    private readonly events: Events,
    private readonly limits: RateLimitsService,
  ) {}

  /**
   * Applies all changes, or none.
   *
   * @throws {PlatformError} `conflict` if another account has the username; `rate_limited`; with an address also
   * `invalid_credentials`, `account_locked`, `overloaded`
   * @throws {PatronusError} `token_revoked` if the account was closed
   */
  async update(account: AccountRow, changes: ProfileChanges): Promise<AccountRow> {
    const { address } = changes;
    await this.limit(account, changes);
    const proof =
      address === undefined
        ? undefined
        : await this.passwords.verifyAgain(account, address.password, address.sessionId);
    const mayMail =
      address === undefined || (await this.limits.mayMail('change-address', address.email.address));
    try {
      return await this.database.db.transaction(async (tx) => {
        const held = await this.accounts.lockForUpdate(tx, account);
        if (held?.state !== 'active') throw new PatronusError('token_revoked');
        if (address !== undefined) {
          if (held.securityVersion !== proof?.securityVersion) {
            throw new PlatformError('invalid_credentials');
          }
          await this.addressChange.request(tx, held, address.email, mayMail);
        }
        const { name, username } = changes;
        const updated = (await this.accounts.update(tx, held.id, { name, username })) ?? held;
        await this.record(tx, held, updated, address?.email);
        return updated;
      });
    } catch (error) {
      throw isUniqueViolation(error) ? new PlatformError('conflict') : error;
    }
  }

  /** Limits what the answer or a mail reveals about others, before the password is verified. */
  private async limit(account: AccountRow, { address, username }: ProfileChanges): Promise<void> {
    const caller = { address: currentRequest()?.device.address, account: account.id };
    if (address !== undefined) await this.limits.require('change-address', caller);
    if (typeof username === 'string') await this.limits.require('change-username', caller);
  }

  private async record(
    tx: DatabaseSession,
    before: AccountRow,
    after: AccountRow,
    requested: EmailAddress | undefined,
  ): Promise<void> {
    const changes = changesBetween(before, after, ['name', 'username']);
    if (changes === undefined && requested === undefined) return;
    const subject = accountParty(before.id);
    const details = requested && { requestedAddress: requested.address };
    await this.events.record(tx, {
      type: 'account.updated',
      actor: subject,
      subject,
      changes,
      details,
    });
  }
}
