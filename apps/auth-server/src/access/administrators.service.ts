import { Injectable } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { type AccountRow, Accounts, type PlatformRole } from '../accounts/accounts.service.js';
import { ADVISORY_LOCKS, type DatabaseSession } from '../operation/database/database.js';

/** The platform role that may do everything. */
const ADMINISTRATOR: PlatformRole = 'SYSTEM_ADMIN';

/** The permissions of each platform role. A role that is left out has none. */
export const PLATFORM_ROLE_PERMISSIONS = { [ADMINISTRATOR]: ['*'] } as const;

/** The administrators of the platform. */
@Injectable()
export class Administrators {
  constructor(private readonly accounts: Accounts) {}

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
  appoint(tx: DatabaseSession, accountId: string): Promise<AccountRow | undefined> {
    return this.accounts.update(tx, accountId, { role: ADMINISTRATOR });
  }
}
