import { Injectable, type OnModuleInit, Module } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { AccountEnding } from '../accounts/account-ending.js';
import {
  type AccountRow,
  AccountsService,
  PLATFORM_ROLES,
  type PlatformRole,
} from '../accounts/accounts.service.js';
import { accountParty } from '../events/catalogue.js';
import { EventsModule } from '../events/events.module.js';
import { Events } from '../events/events.service.js';
import { ADVISORY_LOCKS, type DatabaseSession, isUuid } from '../operation/database/database.js';
import { PlatformError } from '../operation/http/errors.js';
import { AccountsModule } from '../accounts/accounts.module.js';

/** The platform role that may do everything. */
const ADMINISTRATOR: PlatformRole = 'SYSTEM_ADMIN';

/** The permissions of each platform role. A role that is left out has none. */
export const PLATFORM_ROLE_PERMISSIONS = { [ADMINISTRATOR]: ['*'] } as const;

/** The roles that administrators give, least authority first. Each includes the one before. */
export const GIVEN_ROLES = ['STAFF', 'DATA_ADMIN', 'SYSTEM_ADMIN'] as const;
export type GivenRole = (typeof GIVEN_ROLES)[number];

/** The role of an account without any of {@link GIVEN_ROLES}. */
const WITHOUT_ROLE: PlatformRole = 'END_USER';

/** An administrator, and the account whose role they change. */
interface RoleChange {
  readonly by: string;
  readonly accountId: string;
  readonly role: GivenRole;
}

/** The administrators of the platform. */
@Injectable()
export class AdministratorsService implements OnModuleInit {
  constructor(
    private readonly accounts: AccountsService,
    private readonly ending: AccountEnding,
    private readonly events: Events,
  ) {}

  onModuleInit(): void {
    this.ending.register((tx, account) => this.keepOne(tx, account));
  }

  /**
   * Tells if the platform has an administrator. Holds a lock until the transaction ends, so that the answer
   * stays true: instances that start together, and people who open the setup link together, wait for each
   * other.
   */
  async exist(tx: DatabaseSession): Promise<boolean> {
    await tx.execute(sql`select pg_advisory_xact_lock(${ADVISORY_LOCKS.firstAdministrator})`);
    return this.accounts.hasRole(tx, ADMINISTRATOR);
  }

  /** Makes an account an administrator. Undefined if the account is gone. */
  async appoint(tx: DatabaseSession, accountId: string): Promise<AccountRow | undefined> {
    const appointed = await this.accounts.update(tx, accountId, { role: ADMINISTRATOR });
    if (appointed === undefined) return undefined;
    const subject = accountParty(accountId);
    const ids = { role: ADMINISTRATOR };
    // The person holds the setup link, so the assignment is their own act.
    await this.events.record(tx, { type: 'assignment.added', actor: subject, subject, ids });
    return appointed;
  }

  /**
   * Gives a role to an active account, unless it has that role or a higher one.
   *
   * @throws {PlatformError} `not_found`, or `forbidden` if the caller is no administrator by now
   */
  async give(tx: DatabaseSession, change: RoleChange): Promise<AccountRow> {
    const { role, by } = change;
    const held = await this.begin(tx, change);
    if (PLATFORM_ROLES.indexOf(held.role) >= PLATFORM_ROLES.indexOf(role)) return held;
    return this.write(tx, held, role, by);
  }

  /**
   * Takes the role of an active account.
   *
   * @throws {PlatformError} `not_found`, also if the account has another role; `last_administrator`;
   * `forbidden` if the caller is no administrator by now
   */
  async take(tx: DatabaseSession, change: RoleChange): Promise<AccountRow> {
    const held = await this.begin(tx, change);
    if (held.role !== change.role) throw new PlatformError('not_found');
    await this.keepOne(tx, held);
    return this.write(tx, held, WITHOUT_ROLE, change.by);
  }

  /**
   * Locks the account, and then the set of administrators: see {@link keepOne} for the order. While the
   * transaction lasts, the caller stays an administrator.
   */
  private async begin(tx: DatabaseSession, { by, accountId }: RoleChange): Promise<AccountRow> {
    const held = isUuid(accountId)
      ? await this.accounts.lockForUpdate(tx, { id: accountId })
      : undefined;
    await tx.execute(sql`select pg_advisory_xact_lock(${ADVISORY_LOCKS.lastAdministrator})`);
    if (!(await this.accounts.isActiveWith(tx, by, ADMINISTRATOR))) {
      throw new PlatformError('forbidden');
    }
    if (held?.state !== 'active') throw new PlatformError('not_found');
    return held;
  }

  private async write(
    tx: DatabaseSession,
    { id, role: before }: AccountRow,
    role: PlatformRole,
    by: string,
  ): Promise<AccountRow> {
    const written = await this.accounts.update(tx, id, { role });
    if (written === undefined) throw new PlatformError('not_found');
    const parties = { actor: accountParty(by), subject: accountParty(id) };
    if (before !== WITHOUT_ROLE) {
      const ids = { role: before };
      await this.events.record(tx, { type: 'assignment.removed', ...parties, ids });
    }
    if (role !== WITHOUT_ROLE) {
      await this.events.record(tx, { type: 'assignment.added', ...parties, ids: { role } });
    }
    return written;
  }

  /**
   * Keeps an active administrator on the platform. The lock makes administrators whose accounts end at the
   * same moment wait for each other. It comes after the lock of the ending account and before no other, so
   * they never wait in a circle.
   *
   * @throws {PlatformError} `last_administrator`
   */
  private async keepOne(tx: DatabaseSession, { id, role, state }: AccountRow): Promise<void> {
    if (role !== ADMINISTRATOR || state !== 'active') return;
    await tx.execute(sql`select pg_advisory_xact_lock(${ADVISORY_LOCKS.lastAdministrator})`);
    // A statement of its own sees what was committed while this one waited for the lock.
    if (await this.accounts.anotherHasRole(tx, ADMINISTRATOR, id)) return;
    throw new PlatformError('last_administrator');
  }
}

/** Roles and permissions. */
@Module({
  imports: [AccountsModule, EventsModule],
  providers: [AdministratorsService],
  exports: [AdministratorsService],
})
export class AccessModule {}
