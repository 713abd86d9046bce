import { Injectable } from '@nestjs/common';
import { eq } from 'drizzle-orm';
import { Clock } from '../clock/clock.js';
import { PlatformDatabase } from '../database/platform-database.js';
import { type AccountRow, accounts } from '../database/schema/index.js';
import { PlatformError } from '../errors/platform.error.js';
import { Authenticator } from '../login/authenticator.js';
import { accountClosedMail } from '../mail/mails/account-closed.mail.js';
import { Outbox } from '../mail/outbox.js';
import { Sessions } from '../sessions/sessions.js';
import { ServerSettings } from '../settings/server-settings.js';
import { OneTimeTokens } from '../tokens/one-time-tokens.js';
import { AccountLinks } from './account-links.js';
import { holdAccount } from './hold-account.js';

/**
 * Closes accounts, for whoever knows the password. The owner comes back by choosing a new password
 * through the mailbox: at any time after `deactivate`, until it is anonymised after `remove`.
 */
@Injectable()
export class AccountClosure {
  constructor(
    private readonly database: PlatformDatabase,
    private readonly clock: Clock,
    private readonly settings: ServerSettings,
    private readonly authenticator: Authenticator,
    private readonly tokens: OneTimeTokens,
    private readonly sessions: Sessions,
    private readonly outbox: Outbox,
    private readonly links: AccountLinks,
  ) {}

  /** @throws {PlatformError} `invalid_credentials`, `account_locked`, `overloaded` */
  deactivate(account: AccountRow, password: string): Promise<void> {
    return this.close(account, password, { state: 'deactivated' });
  }

  /** @throws {PlatformError} `invalid_credentials`, `account_locked`, `overloaded` */
  remove(account: AccountRow, password: string): Promise<void> {
    const deletedAt = this.clock.now();
    const anonymiseAt = new Date(deletedAt.getTime() + this.settings.anonymiseAfter * 1000);
    return this.close(account, password, { state: 'deleted', deletedAt, anonymiseAt });
  }

  private async close(
    account: AccountRow,
    password: string,
    closed: Pick<Partial<AccountRow>, 'state' | 'deletedAt' | 'anonymiseAt'>,
  ): Promise<void> {
    const { id, passwordHash } = await this.authenticator.verifyAgain(account, password);
    const ended = await this.database.db.transaction(async (tx) => {
      const held = await holdAccount(tx, { id });
      if (held?.state !== 'active' || held.passwordHash !== passwordHash) {
        throw new PlatformError('invalid_credentials');
      }
      const changes = { ...closed, updatedAt: this.clock.now() };
      await tx.update(accounts).set(changes).where(eq(accounts.id, id));
      await this.tokens.withdraw(tx, id);
      if (held.email !== null) {
        const goneAt = closed.anonymiseAt ?? undefined;
        const { forgotUrl } = this.links;
        await this.outbox.put(tx, accountClosedMail({ to: held.email, forgotUrl, goneAt }));
      }
      return this.sessions.endAll(id, 'account_closed', { session: tx });
    });
    await this.sessions.announceEnded(ended);
  }
}
