import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type Identity, PatronusError } from '@patronus/nestjs';
import {
  and,
  type Column,
  eq,
  isNotNull,
  isNull,
  ne,
  notInArray,
  type SQL,
  sql,
} from 'drizzle-orm';
import { Clock } from '../operation/clock.js';
import { type DatabaseSession, isUuid, PlatformDatabase } from '../operation/database/database.js';
import { PlatformError } from '../operation/http/errors.js';
import { type AccountRow, accounts, PLATFORM_ROLES, type PlatformRole } from './accounts.table.js';
import { type ProvenAccount, selectHashesWithout, selectUnchanged } from './accounts.statements.js';
import { type EmailAddress, isUsername, readEmailAddress, usernameKey } from './identifiers.js';
import { UnconfirmedAccounts } from './unconfirmed-accounts.js';

export { type AccountRow, PLATFORM_ROLES, type PlatformRole };

type ChangeableRow = Omit<
  AccountRow,
  'id' | 'securityVersion' | 'emailKey' | 'usernameKey' | 'state' | 'createdAt' | 'updatedAt'
>;

/**
 * Changes that another room makes to an account. Undefined members keep their values. Only
 * `AccountEnding` ends an account.
 */
export type AccountChanges = {
  readonly [Name in keyof ChangeableRow]?: ChangeableRow[Name] | undefined;
} & { readonly state?: 'active' | undefined };

/**
 * The record of accounts. No other room reads or writes its table.
 *
 * Methods whose first parameter is a {@link DatabaseSession} take part in the transaction of the caller.
 */
@Injectable()
export class AccountsService {
  readonly #byId: ReturnType<AccountsService['prepare']>;
  readonly #byEmail: ReturnType<AccountsService['prepare']>;
  readonly #byUsername: ReturnType<AccountsService['prepare']>;

  constructor(
    private readonly database: PlatformDatabase,
    private readonly clock: Clock,
    private readonly unconfirmed: UnconfirmedAccounts,
  ) {
    this.#byId = this.prepare(accounts.id);
    this.#byEmail = this.prepare(accounts.emailKey);
    this.#byUsername = this.prepare(accounts.usernameKey);
  }

  /** Finds an account in any state. */
  async find(id: string): Promise<AccountRow | undefined> {
    if (!isUuid(id)) return undefined;
    return this.first(this.#byId, id);
  }

  /** Finds an account that neither its owner nor an administrator has closed. */
  async active(id: string): Promise<AccountRow | undefined> {
    const account = await this.find(id);
    return account?.state === 'active' ? account : undefined;
  }

  /**
   * Finds the account of a caller who presents a token.
   *
   * @throws {PatronusError} `token_revoked` if the account was closed since
   */
  async ofCaller({ id }: Identity): Promise<AccountRow> {
    const account = await this.active(id);
    if (account === undefined) throw new PatronusError('token_revoked');
    return account;
  }

  /** Finds an account in any state by an address in any spelling. */
  async findByEmail(email: string): Promise<AccountRow | undefined> {
    return this.first(this.#byEmail, readEmailAddress(email)?.key ?? '');
  }

  /** Finds an account in any state by an e-mail address or a username, in any spelling. */
  async findByName(name: string): Promise<AccountRow | undefined> {
    if (name.includes('@')) return this.findByEmail(name);
    return this.first(this.#byUsername, isUsername(name.trim()) ? usernameKey(name) : '');
  }

  /** Finds the account that has confirmed an address. */
  async confirmedOwner(
    tx: DatabaseSession,
    { key }: EmailAddress,
  ): Promise<AccountRow | undefined> {
    const [owner] = await tx
      .select()
      .from(accounts)
      .where(and(eq(accounts.emailKey, key), isNotNull(accounts.emailVerifiedAt)));
    return owner;
  }

  async isUsernameTaken(tx: DatabaseSession, username: string): Promise<boolean> {
    return (await tx.$count(accounts, eq(accounts.usernameKey, usernameKey(username)))) > 0;
  }

  /** Tells if an account that was not deleted has a platform role. */
  async hasRole(tx: DatabaseSession, role: PlatformRole): Promise<boolean> {
    const kept = notInArray(accounts.state, ['deleted', 'anonymised']);
    return (await tx.$count(accounts, and(eq(accounts.role, role), kept))) > 0;
  }

  /** Tells if an account is active and has a platform role. */
  async isActiveWith(tx: DatabaseSession, id: string, role: PlatformRole): Promise<boolean> {
    const able = and(eq(accounts.id, id), eq(accounts.role, role), eq(accounts.state, 'active'));
    return (await tx.$count(accounts, able)) > 0;
  }

  /** Tells if another account whose owner can sign in has a platform role. */
  async anotherHasRole(tx: DatabaseSession, role: PlatformRole, id: string): Promise<boolean> {
    const able = and(eq(accounts.state, 'active'), isNotNull(accounts.emailVerifiedAt));
    const others = and(eq(accounts.role, role), ne(accounts.id, id), able);
    return (await tx.$count(accounts, others)) > 0;
  }

  /**
   * Makes transactions about one name wait for each other, with and without an account of that name. Call it
   * before any row is locked: a row would be waited for only if there is one, which reveals it.
   *
   * @param key the key of an email address or a username
   */
  async lockName(tx: DatabaseSession, key: string): Promise<void> {
    const number = createHash('sha256').update(key).digest().readBigInt64BE();
    await tx.execute(sql`select pg_advisory_xact_lock(${number.toString()}::bigint)`);
  }

  /** Locks the row of an account until the transaction ends, and returns it as it is now. */
  async lockForUpdate(
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
   * Share-locks an account until the transaction ends, if no credential changed since the owner was proven.
   * A session that starts in this transaction cannot outlive such a change.
   *
   * @throws {PlatformError} `invalid_credentials` if the account was closed or a credential changed
   */
  async lockUnchanged(tx: DatabaseSession, proven: ProvenAccount): Promise<void> {
    const held = await selectUnchanged(tx, proven);
    if (held.length === 0) throw new PlatformError('invalid_credentials');
  }

  /**
   * Locks an account for a change that its owner was just proven for, and returns it as it is now.
   *
   * @throws {PlatformError} `invalid_credentials` if the account was closed or a credential changed
   */
  async lockProven(
    tx: DatabaseSession,
    { id, securityVersion }: { readonly id: string; readonly securityVersion: number },
  ): Promise<AccountRow> {
    const held = await this.lockForUpdate(tx, { id });
    if (held?.state !== 'active' || held.securityVersion !== securityVersion) {
      throw new PlatformError('invalid_credentials');
    }
    return held;
  }

  /**
   * Finds or creates the account of an address, and locks its row until the transaction ends. Of several
   * transactions at once, one creates the account and the others wait for it.
   */
  async upsertByEmail(tx: DatabaseSession, { address, key }: EmailAddress): Promise<AccountRow> {
    const now = this.clock.now();
    const [account] = await tx
      .insert(accounts)
      .values({ email: address, emailKey: key, createdAt: now, updatedAt: now })
      // Changes nothing, and locks the row.
      .onConflictDoUpdate({ target: accounts.emailKey, set: { emailKey: key } })
      .returning();
    if (account === undefined) throw new Error('An upsert must return its row.');
    return account;
  }

  /** Changes an account in any state. Undefined if it is gone. */
  async update(
    tx: DatabaseSession,
    id: string,
    changes: AccountChanges,
  ): Promise<AccountRow | undefined> {
    return this.write(tx, eq(accounts.id, id), changes);
  }

  /** Changes a credential of an account, which ends what was proven before. Undefined if it is gone. */
  async changeCredential(
    tx: DatabaseSession,
    id: string,
    changes: AccountChanges,
  ): Promise<AccountRow | undefined> {
    return this.write(tx, eq(accounts.id, id), changes, { raisesSecurityVersion: true });
  }

  /**
   * Confirms the address of an account that has none confirmed yet. Undefined if it has one already.
   */
  async confirmAddress(
    tx: DatabaseSession,
    id: string,
    changes: AccountChanges,
  ): Promise<AccountRow | undefined> {
    const unconfirmed = and(eq(accounts.id, id), isNull(accounts.emailVerifiedAt));
    const confirmed = { ...changes, emailVerifiedAt: this.clock.now() };
    return this.write(tx, unconfirmed, confirmed, { raisesSecurityVersion: true });
  }

  /**
   * Gives an active account another address, which counts as confirmed. An account that had that address
   * unconfirmed is removed. Undefined if the account is not active.
   */
  async changeAddress(
    tx: DatabaseSession,
    id: string,
    { address, key }: EmailAddress,
  ): Promise<AccountRow | undefined> {
    await this.unconfirmed.makeWay(tx, id, key);
    const now = this.clock.now();
    const [account] = await tx
      .update(accounts)
      .set({ email: address, emailKey: key, emailVerifiedAt: now, updatedAt: now })
      .where(and(eq(accounts.id, id), eq(accounts.state, 'active')))
      .returning();
    return account;
  }

  /** Replaces a hash by a stronger one of the same password, unless the account has another one by now. */
  async upgradeHash({ id, passwordHash }: AccountRow, stronger: string): Promise<void> {
    if (passwordHash === null) return;
    await this.database.db
      .update(accounts)
      .set({ passwordHash: stronger })
      .where(and(eq(accounts.id, id), eq(accounts.passwordHash, passwordHash)));
  }

  /** Samples password hashes that do not begin with a prefix. */
  async hashesWithout(prefix: string, limit: number): Promise<readonly string[]> {
    const rows = await selectHashesWithout(this.database.db, prefix, limit);
    return rows.flatMap(({ hash }) => hash ?? []);
  }

  private async write(
    tx: DatabaseSession,
    which: SQL | undefined,
    { username, ...changes }: AccountChanges,
    { raisesSecurityVersion = false } = {},
  ): Promise<AccountRow | undefined> {
    const named = username !== undefined && {
      username,
      usernameKey: username && usernameKey(username),
    };
    const [account] = await tx
      .update(accounts)
      .set({
        ...changes,
        ...named,
        ...(raisesSecurityVersion && { securityVersion: sql`${accounts.securityVersion} + 1` }),
        updatedAt: this.clock.now(),
      })
      .where(which)
      .returning();
    return account;
  }

  private async first(
    statement: ReturnType<AccountsService['prepare']>,
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
