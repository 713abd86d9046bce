import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import {
  type AccountChanges,
  type AccountRow,
  AccountsService,
} from '../../accounts/accounts.service.js';
import type { EmailAddress } from '../../accounts/identifiers.js';
import { accountParty, changesBetween, type PlatformEvent } from '../../events/catalogue.js';
import { Events } from '../../events/events.service.js';
import { FactorPolicies } from '../../credentials/factor-policies.js';
import { PasswordCredential } from '../../credentials/password/password-credential.js';
import {
  AccountLinks,
  noAccountMail,
  passwordChangedMail,
  resetPasswordMail,
} from '../../notifications/account-mails.js';
import { Outbox } from '../../notifications/mail-queue.js';
import { Clock } from '../../operation/clock.js';
import { type DatabaseSession, PlatformDatabase } from '../../operation/database/database.js';
import { PlatformError } from '../../operation/http/errors.js';
import { RateLimitsService } from '../../operation/limits/rate-limits.service.js';
import { ServerSettings } from '../../operation/settings/server-settings.js';
import { DevicesService } from '../../sessions/devices/devices.service.js';
import { type SessionRow, SessionsService } from '../../sessions/sessions.service.js';
import { Lockout } from '../login/lockout.js';
import { PasswordVerifierService } from '../login/password-verifier.service.js';
import { FormReceipts, formMark } from '../form-receipts.service.js';
import { OneTimeTokensService, RESET_TTL } from '../one-time-tokens.service.js';

interface Replacement {
  readonly passwordHash: string;
  readonly because: 'password_changed' | 'password_reset';
  /** The session that does not end, and whose device stays known. */
  readonly except?: SessionRow | undefined;
}

/** Replaces the password of an account. */
@Injectable()
export class PasswordReplacementService {
  constructor(
    private readonly password: PasswordCredential,
    private readonly tokens: OneTimeTokensService,
    private readonly sessions: SessionsService,
    private readonly devices: DevicesService,
    private readonly lockout: Lockout,
    private readonly outbox: Outbox,
    private readonly links: AccountLinks,
    private readonly events: Events,
  ) {}

  /**
   * Stores the password of an account whose row is locked, ends its sessions, forgets its devices, withdraws
   * its links, unlocks it and notifies the owner.
   *
   * @returns the ids of the ended sessions, to announce after the commit
   */
  async replace(
    tx: DatabaseSession,
    account: AccountRow,
    { passwordHash, because, except }: Replacement,
  ): Promise<readonly string[]> {
    const { id, email } = account;
    await this.password.enrol(tx, id, passwordHash);
    await this.tokens.withdraw(tx, id);
    await this.lockout.lift(tx, account);
    const subject = accountParty(id);
    await this.events.record(tx, {
      type: 'account.password_changed',
      actor: subject,
      subject,
      details: { because },
    });
    const { forgotUrl } = this.links;
    if (email !== null) await this.outbox.put(tx, passwordChangedMail({ to: email, forgotUrl }));
    await this.devices.forgetAll(tx, id, because, except?.deviceId);
    return this.sessions.endAll(id, because, { session: tx, except: except?.id });
  }
}

/** Resets a password with a link that is mailed to the owner. */
@Injectable()
export class PasswordRecoveryService {
  constructor(
    private readonly database: PlatformDatabase,
    private readonly clock: Clock,
    private readonly settings: ServerSettings,
    private readonly accounts: AccountsService,
    private readonly tokens: OneTimeTokensService,
    private readonly receipts: FormReceipts,
    private readonly password: PasswordCredential,
    private readonly replacement: PasswordReplacementService,
    private readonly sessions: SessionsService,
    private readonly outbox: Outbox,
    private readonly links: AccountLinks,
    private readonly events: Events,
    private readonly limits: RateLimitsService,
  ) {}

  /**
   * Sends a link, unless the address got too many. Earlier links stay valid. Runs the same statements if the
   * address has no account. `next` is the path of the platform at which the person continues afterwards.
   */
  async forgot({ address, key }: EmailAddress, next?: string): Promise<void> {
    const purpose = 'reset_password';
    const owner = await this.accounts.confirmedOwner(this.database.db, { address, key });
    const mayMail = await this.limits.mayMail('forgot', owner?.id ?? address);
    await this.database.db.transaction(async (tx) => {
      await this.accounts.lockName(tx, key);
      const found = await this.accounts.lockForUpdate(tx, { emailKey: key });
      // A link that is not mailed belongs to no account, and replaces none.
      const account = mayMail ? found : undefined;
      await this.tokens.keepNewest(tx, account?.id ?? randomUUID(), purpose);
      const link = { purpose, accountId: account?.id, ttl: RESET_TTL, besideOlder: true } as const;
      const token = await this.tokens.issue(tx, link);
      await this.events.record(tx, {
        type: 'recovery.requested',
        outcome: account === undefined ? 'failure' : 'success',
        subject: account && accountParty(account.id),
        details: { link: purpose },
      });
      const url = this.links.linkTo('reset-password', token, next);
      const mail = account?.email
        ? resetPasswordMail({ to: account.email, link: url })
        : noAccountMail({ to: address, issuer: this.settings.issuer });
      await this.outbox.put(tx, mail, mayMail);
    });
  }

  /**
   * Finds the account of a link without using the link up.
   *
   * @throws {PlatformError} `link_invalid`
   */
  async peek(token: string): Promise<AccountRow> {
    const { accountId } = await this.tokens.peek(this.database.db, 'reset_password', token);
    const account = await this.accounts.find(accountId ?? '');
    if (account === undefined) throw new PlatformError('link_invalid');
    return account;
  }

  /**
   * Sets a new password, and ends all sessions. The link proves access to the mailbox, so the address is
   * confirmed. An account that its owner closed is reopened. `formId` is that of {@link FormReceipts}.
   *
   * @throws {PlatformError} `link_invalid`, `password_rejected` (the link stays valid), `overloaded`
   */
  async reset(token: string, password: string, formId?: string): Promise<void> {
    const mark = formMark(formId, [token, password]);
    await this.receipts.unlessRepeated(
      mark,
      () => this.replace(token, password, mark),
      () => Promise.resolve(),
    );
  }

  private async replace(token: string, password: string, mark: string | undefined): Promise<void> {
    const passwordHash = await this.password.hash(password, await this.peek(token));
    const { sessions, id } = await this.database.db.transaction(async (tx) => {
      const { accountId } = await this.tokens.redeem(tx, 'reset_password', token);
      const account =
        accountId === undefined
          ? undefined
          : await this.accounts.lockForUpdate(tx, { id: accountId });
      if (account === undefined) throw new PlatformError('link_invalid');
      const reopened = await this.accounts.update(tx, account.id, this.reopened(account));
      await this.events.record(tx, ...recoveryOf(account, reopened ?? account));
      const because = 'password_reset';
      const ended = await this.replacement.replace(tx, account, { passwordHash, because });
      await this.receipts.keep(tx, { purpose: 'reset_password', mark, accountId: account.id });
      return { sessions: ended, id: account.id };
    });
    await this.limits.forgetMails('forgot', id);
    await this.sessions.announceEnded(sessions);
  }

  private reopened({ state, emailVerifiedAt }: AccountRow): AccountChanges {
    return {
      emailVerifiedAt: emailVerifiedAt ?? this.clock.now(),
      ...(state !== 'disabled' && { state: 'active', deletedAt: null, anonymiseAt: null }),
    };
  }
}

/** The events of a recovered account: a closed one is restored, and an unconfirmed one is verified. */
function recoveryOf(before: AccountRow, after: AccountRow): readonly PlatformEvent[] {
  const subject = accountParty(before.id);
  const by = { actor: subject, subject };
  return [
    { type: 'recovery.completed', ...by },
    ...(before.state === after.state
      ? []
      : [
          {
            type: 'account.restored',
            ...by,
            changes: changesBetween(before, after, ['state']),
          } as const,
        ]),
    ...(before.emailVerifiedAt === null ? [{ type: 'account.verified', ...by } as const] : []),
  ];
}

interface PasswordChangeRequest {
  readonly currentPassword: string;
  readonly newPassword: string;
  /** The session of the caller, which does not end. Its device stays known. */
  readonly sessionId: string | undefined;
}

/** Changes a password for a caller who knows the current one. */
@Injectable()
export class PasswordChangeService {
  constructor(
    private readonly database: PlatformDatabase,
    private readonly accounts: AccountsService,
    private readonly verifier: PasswordVerifierService,
    private readonly factors: FactorPolicies,
    private readonly password: PasswordCredential,
    private readonly replacement: PasswordReplacementService,
    private readonly sessions: SessionsService,
  ) {}

  /** @throws {PlatformError} `invalid_credentials`, `account_locked`, `password_rejected`, `overloaded` */
  async change(
    account: AccountRow,
    { currentPassword, newPassword, sessionId }: PasswordChangeRequest,
  ): Promise<void> {
    const proof = await this.verifier.verifyAgain(account, currentPassword, sessionId);
    const { securityVersion } = proof;
    const except = sessionId === undefined ? undefined : await this.sessions.find(sessionId);
    await this.write({ ...account, securityVersion }, newPassword, except);
  }

  /**
   * Changes the password for a person without a session, who knows a name and the current password.
   *
   * @throws {PlatformError} `invalid_credentials`, `factor_required`, `account_locked`, `password_rejected`,
   * `overloaded`
   */
  async changeByName(
    identifier: string,
    { currentPassword, newPassword }: Omit<PasswordChangeRequest, 'sessionId'>,
  ): Promise<void> {
    const { account, proof } = await this.verifier.verifyOnPage(identifier, currentPassword);
    await this.factors.require(account, [proof]);
    await this.write({ ...account, securityVersion: proof.securityVersion }, newPassword);
  }

  private async write(
    account: AccountRow,
    newPassword: string,
    except?: SessionRow,
  ): Promise<void> {
    const { id, securityVersion } = account;
    const passwordHash = await this.password.hash(newPassword, account);
    const ended = await this.database.db.transaction(async (tx) => {
      const held = await this.accounts.lockProven(tx, { id, securityVersion });
      const because = 'password_changed';
      return this.replacement.replace(tx, held, { passwordHash, because, except });
    });
    await this.sessions.announceEnded(ended);
  }
}
