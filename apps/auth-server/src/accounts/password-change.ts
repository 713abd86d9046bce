import { Injectable } from '@nestjs/common';
import { PlatformDatabase } from '../database/platform-database.js';
import type { AccountRow } from '../database/schema/index.js';
import { PlatformError } from '../errors/platform.error.js';
import { Authenticator } from '../login/authenticator.js';
import { Sessions } from '../sessions/sessions.js';
import { holdAccount } from './hold-account.js';
import { NewPasswords } from './new-passwords.js';
import { PasswordReplacement } from './password-replacement.js';

export interface PasswordChangeRequest {
  readonly currentPassword: string;
  readonly newPassword: string;
  /** The session of the caller, which goes on. */
  readonly sessionId: string | undefined;
}

/** A new password for whoever knows the current one. */
@Injectable()
export class PasswordChange {
  constructor(
    private readonly database: PlatformDatabase,
    private readonly authenticator: Authenticator,
    private readonly passwords: NewPasswords,
    private readonly replacement: PasswordReplacement,
    private readonly sessions: Sessions,
  ) {}

  /** @throws {PlatformError} `invalid_credentials`, `account_locked`, `password_rejected`, `overloaded` */
  async change(
    account: AccountRow,
    { currentPassword, newPassword, sessionId }: PasswordChangeRequest,
  ): Promise<void> {
    const verified = await this.authenticator.verifyAgain(account, currentPassword);
    const passwordHash = await this.passwords.hash(newPassword, verified);
    const ended = await this.database.db.transaction(async (tx) => {
      const held = await holdAccount(tx, account);
      if (held?.state !== 'active' || held.passwordHash !== verified.passwordHash) {
        throw new PlatformError('invalid_credentials');
      }
      const because = 'password_changed';
      return this.replacement.replace(tx, held, { passwordHash, because, except: sessionId });
    });
    await this.sessions.announceEnded(ended);
  }
}
