import { Injectable } from '@nestjs/common';
import { type Identity, PatronusError } from '@patronus/nestjs';
import { type Column, eq, sql } from 'drizzle-orm';
import { isUuid } from '../database/is-uuid.js';
import { type DatabaseSession, PlatformDatabase } from '../database/platform-database.js';
import { type AccountRow, accounts } from '../database/schema/index.js';
import { PlatformError } from '../errors/platform.error.js';
import { readEmailAddress } from './email-address.js';
import { selectUnchanged } from './select-unchanged.js';
import { isUsername, usernameKey } from './username.js';

/** Finds accounts. */
@Injectable()
export class Accounts {
  readonly #byId: ReturnType<Accounts['prepare']>;
  readonly #byEmail: ReturnType<Accounts['prepare']>;
  readonly #byUsername: ReturnType<Accounts['prepare']>;

  constructor(private readonly database: PlatformDatabase) {
    this.#byId = this.prepare(accounts.id);
    this.#byEmail = this.prepare(accounts.emailKey);
    this.#byUsername = this.prepare(accounts.usernameKey);
  }

  /** In any state. */
  async find(id: string): Promise<AccountRow | undefined> {
    if (!isUuid(id)) return undefined;
    return this.first(this.#byId, id);
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
    return this.first(this.#byEmail, readEmailAddress(email)?.key ?? '');
  }

  /** In any state, by an e-mail address or a username, in any spelling. */
  async findByName(name: string): Promise<AccountRow | undefined> {
    if (name.includes('@')) return this.findByEmail(name);
    return this.first(this.#byUsername, isUsername(name.trim()) ? usernameKey(name) : '');
  }

  /**
   * Holds the row of an account until the transaction ends, as {@link selectUnchanged} says.
   *
   * @throws {PlatformError} `invalid_credentials` where it was closed, or has another password by now
   */
  async holdUnchanged(session: DatabaseSession, verified: AccountRow): Promise<void> {
    const { id, passwordHash } = verified;
    const held = passwordHash === null ? [] : await selectUnchanged(session, { id, passwordHash });
    if (held.length === 0) throw new PlatformError('invalid_credentials');
  }

  private async first(
    statement: ReturnType<Accounts['prepare']>,
    value: string,
  ): Promise<AccountRow | undefined> {
    const [account] = await statement.execute({ value });
    return account;
  }

  private prepare(column: Column) {
    return this.database.db
      .select()
      .from(accounts)
      .where(eq(column, sql.placeholder('value')))
      .prepare(`account_by_${column.name}`);
  }
}
