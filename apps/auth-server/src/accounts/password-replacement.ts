import { Injectable } from '@nestjs/common';
import { eq } from 'drizzle-orm';
import { Clock } from '../clock/clock.js';
import type { DatabaseSession } from '../database/platform-database.js';
import { type AccountRow, accounts } from '../database/schema/index.js';
import { LockOut } from '../login/lock-out.js';
import { passwordChangedMail } from '../mail/mails/password-changed.mail.js';
import { Outbox } from '../mail/outbox.js';
import { Sessions } from '../sessions/sessions.js';
import { OneTimeTokens } from '../tokens/one-time-tokens.js';
import { AccountLinks } from './account-links.js';

export interface Replacement {
  readonly passwordHash: string;
  readonly because: 'password_changed' | 'password_reset';
  /** The session that goes on. */
  readonly except?: string | undefined;
}

/** What a new password brings with it. */
@Injectable()
export class PasswordReplacement {
  constructor(
    private readonly clock: Clock,
    private readonly tokens: OneTimeTokens,
    private readonly sessions: Sessions,
    private readonly lockOut: LockOut,
    private readonly outbox: Outbox,
    private readonly links: AccountLinks,
  ) {}

  /**
   * Stores the password of an account whose row is held, ends its sessions, its links and its lock, and
   * tells the owner. The ids of the ended sessions: announce them after the commit.
   */
  async replace(
    tx: DatabaseSession,
    { id, email }: AccountRow,
    { passwordHash, because, except }: Replacement,
  ): Promise<readonly string[]> {
    const now = this.clock.now();
    await tx
      .update(accounts)
      .set({ passwordHash, passwordChangedAt: now, updatedAt: now })
      .where(eq(accounts.id, id));
    await this.tokens.withdraw(tx, id);
    await this.lockOut.clear(tx, this.lockOut.keyOfAccount(id));
    const { forgotUrl } = this.links;
    if (email !== null) await this.outbox.put(tx, passwordChangedMail({ to: email, forgotUrl }));
    return this.sessions.endAll(id, because, { session: tx, except });
  }
}
