import { Injectable, Module } from '@nestjs/common';
import { type Identity, PatronusError } from '@patronus/nestjs';
import { and, type Column, eq, type Placeholder, sql } from 'drizzle-orm';
import { AccountLinks } from '../notifications/account-mails.js';
import { type DatabaseSession, isUuid, PlatformDatabase } from '../operation/database/database.js';
import { type AccountRow, accounts } from '../operation/database/tables.js';
import { PlatformError } from '../operation/http/errors.js';
import { type EmailAddress, isUsername, readEmailAddress, usernameKey } from './identifiers.js';

/** An account as it was when its password was verified. */
interface VerifiedAccount {
  readonly id: string | Placeholder;
  readonly passwordHash: string | Placeholder;
}

/**
 * Holds the row of an account until the transaction ends, if it is as it was when its password was
 * verified: whoever starts a session asks this first, so that none outlives a change of password.
 */
export function selectUnchanged(session: DatabaseSession, { id, passwordHash }: VerifiedAccount) {
  return session
    .select({ id: accounts.id })
    .from(accounts)
    .where(
      and(
        eq(accounts.id, id),
        eq(accounts.state, 'active'),
        eq(accounts.passwordHash, passwordHash),
      ),
    )
    .for('share');
}

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

/** An account as it is now, held until the transaction ends. */
export async function holdAccount(
  tx: DatabaseSession,
  which: { readonly id: string } | { readonly emailKey: string },
): Promise<AccountRow | undefined> {
  const [account] = await tx
    .select()
    .from(accounts)
    .where('id' in which ? eq(accounts.id, which.id) : eq(accounts.emailKey, which.emailKey))
    .for('update');
  return account;
}

/**
 * The account of an address, made where there is none, and held until the transaction ends. Of any number
 * of transactions at once one makes it, and the others wait for that one.
 */
export async function holdAddress(
  tx: DatabaseSession,
  { address, key }: EmailAddress,
  now: Date,
): Promise<AccountRow> {
  const [account] = await tx
    .insert(accounts)
    .values({ email: address, emailKey: key, createdAt: now, updatedAt: now })
    // Changes nothing, and holds the row.
    .onConflictDoUpdate({ target: accounts.emailKey, set: { emailKey: key } })
    .returning();
  if (account === undefined) throw new Error('An upsert must return its row.');
  return account;
}

/** Reading accounts, for every room. */
@Module({ providers: [Accounts, AccountLinks], exports: [Accounts, AccountLinks] })
export class AccountDirectoryModule {}
