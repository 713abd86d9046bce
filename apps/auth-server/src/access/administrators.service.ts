import { Injectable, type OnModuleInit, Module } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { AccountEnding } from '../accounts/account-ending.js';
import {
  type AccountRow,
  AccountsService,
  type PlatformRole,
} from '../accounts/accounts.service.js';
import { accountParty } from '../events/catalogue.js';
import { EventsModule } from '../events/events.module.js';
import { Events } from '../events/events.service.js';
import { ADVISORY_LOCKS, type DatabaseSession } from '../operation/database/database.js';
import { PlatformError } from '../operation/http/errors.js';
import { AccountsModule } from '../accounts/accounts.module.js';

/** The platform role that may do everything. */
const ADMINISTRATOR: PlatformRole = 'SYSTEM_ADMIN';

/** The permissions of each platform role. A role that is left out has none. */
export const PLATFORM_ROLE_PERMISSIONS = { [ADMINISTRATOR]: ['*'] } as const;

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
