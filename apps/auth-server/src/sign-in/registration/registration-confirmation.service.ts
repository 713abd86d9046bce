import { Injectable } from '@nestjs/common';
import { type EmailAddress, readEmailAddress } from '../../accounts/identifiers.js';
import { accountParty, changesBetween } from '../../events/catalogue.js';
import { Events } from '../../events/events.service.js';
import {
  AccountLinks,
  addressChangedMail,
  choosePasswordMail,
} from '../../notifications/account-mails.js';
import { Outbox } from '../../notifications/mail-queue.js';
import { Clock } from '../../operation/clock.js';
import {
  type DatabaseSession,
  isUniqueViolation,
  PlatformDatabase,
} from '../../operation/database/database.js';
import {
  type AccountChanges,
  type AccountRow,
  AccountsService,
} from '../../accounts/accounts.service.js';
import { PlatformError } from '../../operation/http/errors.js';
import { Lockout } from '../login/lockout.js';
import { FormReceipts, formMark } from '../form-receipts.service.js';
import { OneTimeTokensService, RESET_TTL } from '../one-time-tokens.service.js';
import { type PendingRegistration, readPending } from './registration.service.js';

/** Applies a registration to its account when its link is opened. */
@Injectable()
export class RegistrationConfirmationService {
  constructor(
    private readonly clock: Clock,
    private readonly accounts: AccountsService,
    private readonly tokens: OneTimeTokensService,
    private readonly lockout: Lockout,
    private readonly outbox: Outbox,
    private readonly links: AccountLinks,
  ) {}

  /** Applies the whole registration. @throws {PlatformError} `link_invalid` if the account is confirmed already */
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
   * Applies only the address of the registration, and mails a link to choose a password.
   *
   * @throws {PlatformError} `link_invalid` if the account is confirmed already
   */
  async confirmAddress(
    tx: DatabaseSession,
    accountId: string,
    { email }: PendingRegistration,
    next: string | undefined,
  ): Promise<AccountRow> {
    const account = await this.write(tx, accountId, { email, passwordHash: null });
    const purpose = 'reset_password';
    const token = await this.tokens.issue(tx, { purpose, accountId, ttl: RESET_TTL });
    const link = this.links.linkTo('reset-password', token, next);
    await this.outbox.put(tx, choosePasswordMail({ to: email, link }));
    return account;
  }

  private async write(
    tx: DatabaseSession,
    accountId: string,
    changes: AccountChanges,
  ): Promise<AccountRow> {
    const account = await this.accounts.confirmAddress(tx, accountId, changes);
    if (account === undefined) throw new PlatformError('link_invalid');
    await this.lockout.lift(tx, account);
    return account;
  }

  /** Sets the username unless another account has taken it. */
  private async nameIfFree(
    tx: DatabaseSession,
    account: AccountRow,
    username: string,
  ): Promise<AccountRow> {
    try {
      return await tx.transaction(async (step) => {
        return (await this.accounts.update(step, account.id, { username })) ?? account;
      });
    } catch (error) {
      if (isUniqueViolation(error)) return account;
      throw error;
    }
  }
}

/** The result of confirming an address. */
export interface Confirmed {
  readonly account: AccountRow;
  /** True if the owner must choose a password. A link for that was sent. */
  readonly needsPassword: boolean;
}

/** The form on which a person confirms an address. */
interface ConfirmationForm {
  /** That of {@link FormReceipts}. */
  readonly formId?: string | undefined;
  /** The path of the platform at which the person continues after a choice of a password. */
  readonly next?: string | undefined;
}

/** Confirms an address when the link that was mailed to it is opened. */
@Injectable()
export class EmailVerificationService {
  constructor(
    private readonly database: PlatformDatabase,
    private readonly accounts: AccountsService,
    private readonly tokens: OneTimeTokensService,
    private readonly receipts: FormReceipts,
    private readonly registrations: RegistrationConfirmationService,
    private readonly lockout: Lockout,
    private readonly outbox: Outbox,
    private readonly events: Events,
  ) {}

  /** Checks a link without using it up. @throws {PlatformError} `link_invalid` */
  async check(token: string): Promise<void> {
    await this.tokens.peek(this.database.db, 'verify_email', token);
  }

  /**
   * Uses a link up, and applies its registration or its new address. All other links of the account are
   * withdrawn. If an address was registered several times, the owner of the mailbox may not have sent the
   * opened one: the address is confirmed, and none of the passwords is accepted.
   *
   * @throws {PlatformError} `link_invalid`, also if another account has the new address by now
   */
  async verify(token: string, { formId, next }: ConfirmationForm = {}): Promise<Confirmed> {
    const mark = formMark(formId, [token]);
    return this.receipts.unlessRepeated(
      mark,
      () => this.use(token, mark, next),
      ({ accountId, data }) => this.confirmedBefore(accountId, data?.['needsPassword']),
    );
  }

  private async use(
    token: string,
    mark: string | undefined,
    next: string | undefined,
  ): Promise<Confirmed> {
    try {
      return await this.database.db.transaction(async (tx) => {
        const confirmed = await this.redeem(tx, token, next);
        const { account, needsPassword } = confirmed;
        const data = { needsPassword: String(needsPassword) };
        await this.receipts.keep(tx, {
          purpose: 'verify_email',
          mark,
          accountId: account.id,
          data,
        });
        return confirmed;
      });
    } catch (error) {
      throw isUniqueViolation(error) ? new PlatformError('link_invalid') : error;
    }
  }

  private async confirmedBefore(
    accountId: string | null,
    needsPassword: string | undefined,
  ): Promise<Confirmed> {
    const account = await this.accounts.find(accountId ?? '');
    if (account === undefined) throw new PlatformError('link_invalid');
    return { account, needsPassword: needsPassword === 'true' };
  }

  private async redeem(
    tx: DatabaseSession,
    token: string,
    next: string | undefined,
  ): Promise<Confirmed> {
    const { accountId, data } = await this.tokens.redeem(tx, 'verify_email', token);
    if (accountId === undefined) throw new PlatformError('link_invalid');
    const pending = readPending(data);
    const others = await this.tokens.pending(tx, accountId, 'verify_email');
    await this.tokens.withdraw(tx, accountId);
    if (pending !== undefined) {
      const needsPassword = others.length > 0;
      const account = needsPassword
        ? await this.registrations.confirmAddress(tx, accountId, pending, next)
        : await this.registrations.confirm(tx, accountId, pending);
      const subject = accountParty(accountId);
      const changes = changesBetween({ name: null, username: null }, account, ['name', 'username']);
      const details = { needsPassword };
      await this.events.record(tx, {
        type: 'account.verified',
        actor: subject,
        subject,
        changes,
        details,
      });
      return { account, needsPassword };
    }
    const address = readEmailAddress(data['email'] ?? '');
    if (address !== undefined) {
      return { account: await this.change(tx, accountId, address), needsPassword: false };
    }
    throw new PlatformError('link_invalid');
  }

  /** Changes the address. An unconfirmed account with the new address is removed. */
  private async change(
    tx: DatabaseSession,
    accountId: string,
    email: EmailAddress,
  ): Promise<AccountRow> {
    const before = await this.accounts.lockForUpdate(tx, { id: accountId });
    const account = await this.accounts.changeAddress(tx, accountId, email);
    if (account === undefined || !before?.email) throw new PlatformError('link_invalid');
    await this.lockout.lift(tx, account);
    const subject = accountParty(accountId);
    const changes = changesBetween(before, account, ['email']);
    await this.events.record(tx, {
      type: 'account.email_changed',
      actor: subject,
      subject,
      changes,
    });
    await this.outbox.put(tx, addressChangedMail({ to: before.email, newAddress: email.address }));
    return account;
  }
}
