import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { EmailAddress } from '../../accounts/identifiers.js';
import { PasswordCredential } from '../../credentials/password/password-credential.js';
import { accountParty } from '../../events/catalogue.js';
import { Events } from '../../events/events.service.js';
import {
  AccountLinks,
  alreadyRegisteredMail,
  noAccountMail,
  resetPasswordMail,
  verifyEmailMail,
  type MailDraft,
} from '../../notifications/account-mails.js';
import { Outbox } from '../../notifications/mail-queue.js';
import { type DatabaseSession, PlatformDatabase } from '../../operation/database/database.js';
import { type AccountRow, AccountsService } from '../../accounts/accounts.service.js';
import { RateLimitsService } from '../../operation/limits/rate-limits.service.js';
import { ServerSettings } from '../../operation/settings/server-settings.js';
import { FormReceipts, formMark } from '../form-receipts.service.js';
import { OneTimeTokensService, RESET_TTL, VERIFICATION_TTL } from '../one-time-tokens.service.js';

/** The data of a registration until its link is opened. */
export interface PendingRegistration {
  /** The address as it was typed. */
  readonly email: string;
  readonly passwordHash: string;
  readonly username?: string | undefined;
  readonly name?: string | undefined;
}

/** Converts a registration to the data of its token. */
function pendingData({
  email,
  passwordHash,
  username,
  name,
}: PendingRegistration): Record<string, string> {
  return {
    email,
    passwordHash,
    ...(username !== undefined && { username }),
    ...(name !== undefined && { name }),
  };
}

/** Reads a registration from the data of a token. Undefined if the token has another subject. */
export function readPending(
  data: Readonly<Record<string, string>>,
): PendingRegistration | undefined {
  const { email, passwordHash, username, name } = data;
  if (email === undefined || passwordHash === undefined) return undefined;
  return { email, passwordHash, username, name };
}

/** The input of a registration. */
interface RegistrationRequest {
  readonly email: EmailAddress;
  readonly password: string;
  readonly username?: string | undefined;
  readonly name?: string | undefined;
  /** The id of the form, for {@link FormReceipts}. */
  readonly formId?: string | undefined;
  /** The path of the platform at which the person continues after the link in the mail. */
  readonly next?: string | undefined;
}

/**
 * Registers accounts. Until the link in the mail is opened, an account is only an address. The other data of a
 * registration is stored with its link.
 */
@Injectable()
export class RegistrationService {
  constructor(
    private readonly database: PlatformDatabase,
    private readonly accounts: AccountsService,
    private readonly password: PasswordCredential,
    private readonly tokens: OneTimeTokensService,
    private readonly receipts: FormReceipts,
    private readonly outbox: Outbox,
    private readonly links: AccountLinks,
    private readonly events: Events,
    private readonly limits: RateLimitsService,
  ) {}

  /**
   * Registers an account. Does the same work for an address that has one; only the mail differs. A form that
   * is posted twice counts once: with two registrations, no password would be accepted. Without a
   * mail, because the address got too many, a registration comes to nothing.
   *
   * @throws {PlatformError} `password_rejected`, `overloaded`
   */
  async register(request: RegistrationRequest): Promise<void> {
    const { email, password, username, name, formId, next } = request;
    const mark = formMark(formId, [email.address, password, username, name]);
    const owner = { email: email.address, username, name };
    const passwordHash = await this.password.hash(password, owner);
    const mayMail = await this.limits.mayMail('register', email.address);
    await this.database.db.transaction(async (tx) => {
      await this.accounts.lockName(tx, email.key);
      const account = await this.accounts.upsertByEmail(tx, email);
      if (await this.receipts.find(tx, mark)) return;
      await this.receipts.keep(tx, { purpose: 'verify_email', mark, accountId: account.id });
      await this.events.record(tx, {
        type: 'account.registered',
        outcome: account.emailVerifiedAt === null && mayMail ? 'success' : 'failure',
        subject: accountParty(account.id),
      });
      const taken = username !== undefined && (await this.accounts.isUsernameTaken(tx, username));
      if (account.emailVerifiedAt !== null) return this.remind(tx, account, request, mayMail);
      const token = await this.tokens.issue(tx, {
        purpose: 'verify_email',
        accountId: mayMail ? account.id : undefined,
        data: pendingData({ email: email.address, passwordHash, username, name }),
        ttl: VERIFICATION_TTL,
        besideOlder: true,
      });
      const link = this.links.linkTo('verify-email', token, next);
      const mail = verifyEmailMail({ to: email.address, link, isUsernameTaken: taken });
      await this.outbox.put(tx, mail, mayMail);
    });
  }

  private async remind(
    tx: DatabaseSession,
    { id, email: known }: AccountRow,
    { email: { address }, next }: RegistrationRequest,
    mayMail: boolean,
  ): Promise<void> {
    const token = await this.tokens.issue(tx, {
      purpose: 'reset_password',
      accountId: mayMail ? id : undefined,
      ttl: RESET_TTL,
      besideOlder: true,
    });
    const link = this.links.linkTo('reset-password', token, next);
    await this.outbox.put(tx, alreadyRegisteredMail({ to: known ?? address, link }), mayMail);
  }
}

/** Sends the link of a registration again. */
@Injectable()
export class VerificationResendService {
  constructor(
    private readonly database: PlatformDatabase,
    private readonly settings: ServerSettings,
    private readonly accounts: AccountsService,
    private readonly tokens: OneTimeTokensService,
    private readonly outbox: Outbox,
    private readonly links: AccountLinks,
    private readonly events: Events,
    private readonly limits: RateLimitsService,
  ) {}

  /**
   * Sends a link, unless the address got too many. Runs the same statements for every state of the account. If the
   * address was registered several times, none of the passwords is accepted, so the link asks for a new one.
   * `next` is the path of the platform at which the person continues afterwards.
   */
  async resend({ address, key }: EmailAddress, next?: string): Promise<void> {
    const mayMail = await this.limits.mayMail('resend', address);
    await this.database.db.transaction(async (tx) => {
      await this.accounts.lockName(tx, key);
      const found = await this.accounts.lockForUpdate(tx, { emailKey: key });
      // A link that is not mailed belongs to no account, and replaces none.
      const account = mayMail ? found : undefined;
      const id = account?.id ?? randomUUID();
      const [only, ...others] = await this.tokens.pending(tx, id, 'verify_email');
      const again = account?.emailVerifiedAt === null && others.length === 0 ? only : undefined;
      const purpose = again === undefined ? 'reset_password' : 'verify_email';
      // A pending registration has one link: with two, no password would be accepted.
      if (again !== undefined) await this.tokens.withdraw(tx, id, purpose);
      else await this.tokens.keepNewest(tx, id, purpose);
      const token = await this.tokens.issue(tx, {
        purpose,
        accountId: account?.id,
        ...(again && { data: again.data }),
        ttl: again === undefined ? RESET_TTL : VERIFICATION_TTL,
        besideOlder: true,
      });
      await this.events.record(tx, {
        type: 'recovery.requested',
        outcome: account === undefined ? 'failure' : 'success',
        subject: account && accountParty(account.id),
        details: { link: purpose },
      });
      const page = again === undefined ? 'reset-password' : 'verify-email';
      const link = this.links.linkTo(page, token, next);
      await this.outbox.put(
        tx,
        this.mail(account, address, link, again && readPending(again.data)),
        mayMail,
      );
    });
  }

  private mail(
    account: AccountRow | undefined,
    address: string,
    link: string,
    again: PendingRegistration | undefined,
  ): MailDraft {
    if (!account?.email) return noAccountMail({ to: address, issuer: this.settings.issuer });
    if (again) return verifyEmailMail({ to: again.email, link });
    const to = account.email;
    return account.emailVerifiedAt === null
      ? resetPasswordMail({ to, link })
      : alreadyRegisteredMail({ to, link });
  }
}
