import { Injectable } from '@nestjs/common';
import { eq } from 'drizzle-orm';
import { PatronusError } from '@patronus/nestjs';
import { Clock } from '../clock/clock.js';
import { type DatabaseSession, PlatformDatabase } from '../database/platform-database.js';
import { type AccountRow, accounts } from '../database/schema/index.js';
import { PlatformError } from '../errors/platform.error.js';
import { Authenticator } from '../login/authenticator.js';
import { AddressChange } from './address-change.js';
import type { EmailAddress } from './email-address.js';
import { holdAccount } from './hold-account.js';
import { isUniqueViolation } from './unique-violation.js';
import { usernameKey } from './username.js';

/** What is left out stays; null removes it. */
export interface ProfileChanges {
  readonly name?: string | null | undefined;
  readonly username?: string | null | undefined;
  /** Together with the password of now. */
  readonly address?: { readonly email: EmailAddress; readonly password: string } | undefined;
}

/** What people say of themselves. */
@Injectable()
export class Profile {
  constructor(
    private readonly database: PlatformDatabase,
    private readonly clock: Clock,
    private readonly authenticator: Authenticator,
    private readonly addressChange: AddressChange,
  ) {}

  /**
   * Changes all of it or nothing.
   *
   * @throws {PlatformError} `conflict` where the username is somebody else's; with an address also
   * `invalid_credentials`, `account_locked`, `overloaded`
   * @throws {PatronusError} `token_revoked` where the account was closed meanwhile
   */
  async update(account: AccountRow, changes: ProfileChanges): Promise<AccountRow> {
    const { address } = changes;
    const verified =
      address === undefined
        ? undefined
        : await this.authenticator.verifyAgain(account, address.password);
    try {
      return await this.database.db.transaction(async (tx) => {
        const held = await holdAccount(tx, account);
        if (held?.state !== 'active') throw new PatronusError('token_revoked');
        if (address !== undefined) {
          if (held.passwordHash !== verified?.passwordHash) {
            throw new PlatformError('invalid_credentials');
          }
          await this.addressChange.request(tx, held, address.email);
        }
        return this.write(tx, held, changes);
      });
    } catch (error) {
      throw isUniqueViolation(error) ? new PlatformError('conflict') : error;
    }
  }

  private async write(
    tx: DatabaseSession,
    held: AccountRow,
    { name, username }: ProfileChanges,
  ): Promise<AccountRow> {
    const [changed] = await tx
      .update(accounts)
      .set({
        name,
        username,
        usernameKey: username && usernameKey(username),
        updatedAt: this.clock.now(),
      })
      .where(eq(accounts.id, held.id))
      .returning();
    return changed ?? held;
  }
}
