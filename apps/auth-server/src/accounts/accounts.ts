import { Injectable } from '@nestjs/common';
import { type Identity, PatronusError } from '@patronus/nestjs';
import { and, eq } from 'drizzle-orm';
import { isUuid } from '../database/is-uuid.js';
import { type DatabaseSession, PlatformDatabase } from '../database/platform-database.js';
import { type AccountRow, accounts } from '../database/schema/index.js';
import { PlatformError } from '../errors/platform.error.js';
import { readEmailAddress } from './email-address.js';
import { isUsername, usernameKey } from './username.js';

/** Finds accounts. */
@Injectable()
export class Accounts {
  constructor(private readonly database: PlatformDatabase) {}

  /** In any state. */
  async find(id: string): Promise<AccountRow | undefined> {
    if (!isUuid(id)) return undefined;
    const [account] = await this.database.db.select().from(accounts).where(eq(accounts.id, id));
    return account;
  }

  /** One that may be used: neither closed by its owner nor by an administrator. */
  async active(id: string): Promise<AccountRow | undefined> {
    const account = await this.find(id);
    return account?.state === 'active' ? account : undefined;
  }

  /**
   * The one of a caller who holds a token.
   *
   * @throws {PatronusError} `token_revoked` where it was closed since
   */
  async ofCaller({ id }: Identity): Promise<AccountRow> {
    const account = await this.active(id);
    if (account === undefined) throw new PatronusError('token_revoked');
    return account;
  }

  /** In any state, by an address in any spelling. */
  async findByEmail(email: string): Promise<AccountRow | undefined> {
    return this.byKey(eq(accounts.emailKey, readEmailAddress(email)?.key ?? ''));
  }

  /** In any state, by an e-mail address or a username, in any spelling. */
  async findByName(name: string): Promise<AccountRow | undefined> {
    if (name.includes('@')) return this.findByEmail(name);
    return this.byKey(eq(accounts.usernameKey, isUsername(name.trim()) ? usernameKey(name) : ''));
  }

  /**
   * Holds the row of an account until the transaction ends, if it still is as it was when its password
   * was verified: whoever starts a session asks this first, so that none outlives a change of password.
   *
   * @throws {PlatformError} `invalid_credentials` where it was closed, or has another password by now
   */
  async holdUnchanged(session: DatabaseSession, verified: AccountRow): Promise<void> {
    const [held] = await session
      .select({ state: accounts.state, passwordHash: accounts.passwordHash })
      .from(accounts)
      .where(and(eq(accounts.id, verified.id), eq(accounts.state, 'active')))
      .for('share');
    if (held === undefined || held.passwordHash !== verified.passwordHash) {
      throw new PlatformError('invalid_credentials');
    }
  }

  private async byKey(condition: ReturnType<typeof eq>): Promise<AccountRow | undefined> {
    const [account] = await this.database.db.select().from(accounts).where(condition);
    return account;
  }
}
