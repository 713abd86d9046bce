import { Injectable } from '@nestjs/common';
import { type AccountEnd, AccountEnding } from '../accounts/account-ending.js';
import { type AccountRow, AccountsService } from '../accounts/accounts.service.js';
import { accountClosedMail, AccountLinks } from '../notifications/account-mails.js';
import { Outbox } from '../notifications/mail-queue.js';
import { Clock } from '../operation/clock.js';
import { PlatformDatabase } from '../operation/database/database.js';
import { ServerSettings } from '../operation/settings/server-settings.js';
import { DevicesService } from '../sessions/devices/devices.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { PasswordVerifierService } from '../sign-in/login/password-verifier.service.js';
import { OneTimeTokensService } from '../sign-in/one-time-tokens.service.js';

/** A caller who presents the password. */
interface ProvenCaller {
  readonly password: string;
  /** The session of the caller. Undefined if the token names none. */
  readonly sessionId: string | undefined;
}

/**
 * Closes accounts of callers who know the password. The owner reopens an account with a password reset: at
 * any time after `deactivate`, and until the data is anonymised after `remove`.
 */
@Injectable()
export class ClosureService {
  constructor(
    private readonly database: PlatformDatabase,
    private readonly clock: Clock,
    private readonly settings: ServerSettings,
    private readonly accounts: AccountsService,
    private readonly ending: AccountEnding,
    private readonly passwords: PasswordVerifierService,
    private readonly tokens: OneTimeTokensService,
    private readonly sessions: SessionsService,
    private readonly devices: DevicesService,
    private readonly outbox: Outbox,
    private readonly links: AccountLinks,
  ) {}

  /** @throws {PlatformError} `invalid_credentials`, `account_locked`, `overloaded`, `last_administrator` */
  deactivate(account: AccountRow, caller: ProvenCaller): Promise<void> {
    return this.close(account, caller, { state: 'deactivated' });
  }

  /** @throws {PlatformError} `invalid_credentials`, `account_locked`, `overloaded`, `last_administrator` */
  remove(account: AccountRow, caller: ProvenCaller): Promise<void> {
    const deletedAt = this.clock.now();
    const anonymiseAt = new Date(deletedAt.getTime() + this.settings.anonymiseAfter * 1000);
    return this.close(account, caller, { state: 'deleted', deletedAt, anonymiseAt });
  }

  private async close(
    account: AccountRow,
    { password, sessionId }: ProvenCaller,
    how: AccountEnd,
  ): Promise<void> {
    const { id } = account;
    const { securityVersion } = await this.passwords.verifyAgain(account, password, sessionId);
    const ended = await this.database.db.transaction(async (tx) => {
      const held = await this.accounts.lockProven(tx, { id, securityVersion });
      await this.ending.end(tx, id, how);
      await this.tokens.withdraw(tx, id);
      if (held.email !== null) {
        const goneAt = how.state === 'deleted' ? how.anonymiseAt : undefined;
        const { forgotUrl } = this.links;
        await this.outbox.put(tx, accountClosedMail({ to: held.email, forgotUrl, goneAt }));
      }
      const because = 'account_closed';
      await this.devices.forgetAll(tx, id, because);
      return this.sessions.endAll(id, because, { session: tx });
    });
    await this.sessions.announceEnded(ended);
  }
}
