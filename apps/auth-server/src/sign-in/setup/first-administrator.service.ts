import { Injectable } from '@nestjs/common';
import { AdministratorsService } from '../../access/administrators.service.js';
import type { EmailAddress } from '../../accounts/identifiers.js';
import { FactorPolicies } from '../../credentials/factor-policies.js';
import { PasswordCredential } from '../../credentials/password/password-credential.js';
import { accountParty } from '../../events/catalogue.js';
import { Events } from '../../events/events.service.js';
import { AccountLinks } from '../../notifications/account-mails.js';
import { Clock } from '../../operation/clock.js';
import { Keyring } from '../../operation/crypto/keyring.js';
import { type DatabaseSession, PlatformDatabase } from '../../operation/database/database.js';
import { AccountsService } from '../../accounts/accounts.service.js';
import { PlatformError } from '../../operation/http/errors.js';
import { PasswordVerifierService } from '../login/password-verifier.service.js';
import { FormReceipts, formMark } from '../form-receipts.service.js';
import { OneTimeTokensService } from '../one-time-tokens.service.js';

const PURPOSE = 'first_administrator';
const TTL = 60 * 60;

export interface NewAdministrator {
  readonly email: EmailAddress;
  readonly password: string;
  readonly name?: string | undefined;
  /** The id of the form, for {@link FormReceipts}. */
  readonly formId?: string | undefined;
}

/** Creates the first administrator of a new platform, with a link that its operator opens once. */
@Injectable()
export class FirstAdministratorService {
  constructor(
    private readonly database: PlatformDatabase,
    private readonly clock: Clock,
    private readonly accounts: AccountsService,
    private readonly administrators: AdministratorsService,
    private readonly tokens: OneTimeTokensService,
    private readonly receipts: FormReceipts,
    private readonly password: PasswordCredential,
    private readonly verifier: PasswordVerifierService,
    private readonly factors: FactorPolicies,
    private readonly links: AccountLinks,
    private readonly keyring: Keyring,
    private readonly events: Events,
  ) {}

  /**
   * Returns the link that all instances share, and creates it for one hour if there is none. Undefined if there is an
   * administrator.
   */
  link(): Promise<string | undefined> {
    return this.database.db.transaction(async (tx) => {
      if (await this.administrators.exist(tx)) return undefined;
      const [kept] = await this.tokens.pending(tx, undefined, PURPOSE);
      const token = this.opened(kept?.data['sealed']) ?? (await this.issue(tx));
      return this.links.linkTo('setup', token);
    });
  }

  /** Issues the token of a link, and withdraws earlier ones. It is kept encrypted for the other instances. */
  private issue(tx: DatabaseSession): Promise<string> {
    return this.tokens.issue(tx, {
      purpose: PURPOSE,
      ttl: TTL,
      data: (token) => ({ sealed: this.keyring.seal('mails', PURPOSE, token) }),
    });
  }

  /** Undefined if there is no token, or its key is gone. */
  private opened(sealed: string | undefined): string | undefined {
    if (sealed === undefined) return undefined;
    try {
      return this.keyring.open('mails', PURPOSE, sealed);
    } catch {
      return undefined;
    }
  }

  /** Checks a link without using it up. @throws {PlatformError} `link_invalid` */
  async check(token: string): Promise<void> {
    await this.tokens.peek(this.database.db, PURPOSE, token);
  }

  /**
   * Creates the administrator. The operator enters the address, so it is confirmed. A person who has an
   * account with that address proves its password, and keeps it.
   *
   * @throws {PlatformError} `link_invalid`, also if there is an administrator by now; `conflict` if another
   * account confirmed the address a moment ago; `password_rejected`, `overloaded`, and for an account that
   * exists `invalid_credentials`, `factor_required`, `account_locked`. Then the link stays valid.
   */
  async create(token: string, administrator: NewAdministrator): Promise<void> {
    const { email, password, name, formId } = administrator;
    const mark = formMark(formId, [token, email.address, password, name]);
    await this.receipts.unlessRepeated(
      mark,
      () => this.appoint(token, administrator, mark),
      () => Promise.resolve(),
    );
  }

  private async appoint(
    token: string,
    administrator: NewAdministrator,
    mark: string | undefined,
  ): Promise<void> {
    await this.check(token);
    const known = await this.accounts.findByEmail(administrator.email.address);
    const isConfirmed = known !== undefined && known.emailVerifiedAt !== null;
    if (isConfirmed) await this.promote(token, administrator, mark);
    else await this.createNew(token, administrator, mark);
  }

  private async promote(
    token: string,
    { email, password }: NewAdministrator,
    mark: string | undefined,
  ): Promise<void> {
    const { account, proof } = await this.verifier.verifyOnPage(email.address, password);
    await this.factors.require(account, [proof]);
    const { id } = account;
    const { securityVersion } = proof;
    await this.database.db.transaction(async (tx) => {
      await this.begin(tx, token);
      await this.accounts.lockProven(tx, { id, securityVersion });
      await this.finish(tx, id, mark);
    });
  }

  private async createNew(
    token: string,
    { email, password, name }: NewAdministrator,
    mark: string | undefined,
  ): Promise<void> {
    const passwordHash = await this.password.hash(password, { email: email.address, name });
    await this.database.db.transaction(async (tx) => {
      await this.begin(tx, token);
      const now = this.clock.now();
      const { id, emailVerifiedAt } = await this.accounts.upsertByEmail(tx, email);
      if (emailVerifiedAt !== null) throw new PlatformError('conflict');
      await this.tokens.withdraw(tx, id);
      await this.accounts.changeCredential(tx, id, {
        email: email.address,
        emailVerifiedAt: now,
        name: name ?? null,
        passwordHash,
        passwordChangedAt: now,
        state: 'active',
      });
      const subject = accountParty(id);
      const registered = { type: 'account.registered', actor: subject, subject } as const;
      const verified = { type: 'account.verified', actor: subject, subject } as const;
      await this.events.record(tx, registered, verified);
      await this.finish(tx, id, mark);
    });
  }

  private async begin(tx: DatabaseSession, token: string): Promise<void> {
    if (await this.administrators.exist(tx)) throw new PlatformError('link_invalid');
    await this.tokens.redeem(tx, PURPOSE, token);
    await this.tokens.withdraw(tx, undefined, PURPOSE);
  }

  private async finish(
    tx: DatabaseSession,
    accountId: string,
    mark: string | undefined,
  ): Promise<void> {
    const made = await this.administrators.appoint(tx, accountId);
    if (made === undefined) throw new PlatformError('link_invalid');
    await this.receipts.keep(tx, { purpose: PURPOSE, mark, accountId });
  }
}
