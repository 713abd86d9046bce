import { Injectable, type OnModuleInit } from '@nestjs/common';
import { and, eq, isNull, ne, sql } from 'drizzle-orm';
import { accountParty, PLATFORM } from '../events/catalogue.js';
import { Events } from '../events/events.service.js';
import type { DatabaseSession } from '../operation/database/database.js';
import { PersonalData } from '../operation/personal-data/personal-data.js';
import { RetentionRules } from '../operation/retention/retention-rules.js';
import { accounts } from './accounts.table.js';

/** Seconds until an account whose address was never confirmed is removed. */
const KEPT = 7 * 24 * 60 * 60;

/** Accounts whose address was never confirmed. They are removed as a whole. */
@Injectable()
export class UnconfirmedAccounts implements OnModuleInit {
  constructor(
    private readonly retention: RetentionRules,
    private readonly personalData: PersonalData,
    private readonly events: Events,
  ) {}

  onModuleInit(): void {
    this.retention.register({
      name: 'accounts',
      table: accounts,
      key: accounts.id,
      expired: (before) =>
        and(
          isNull(accounts.emailVerifiedAt),
          eq(accounts.state, 'active'),
          sql`${accounts.updatedAt} < ${before(KEPT)}`,
        ),
      removed: (tx, ids) => this.forget(tx, ids),
    });
  }

  /** Removes an unconfirmed account that has the address of another one. */
  async makeWay(tx: DatabaseSession, id: string, emailKey: string): Promise<void> {
    const removed = await tx
      .delete(accounts)
      .where(
        and(eq(accounts.emailKey, emailKey), isNull(accounts.emailVerifiedAt), ne(accounts.id, id)),
      )
      .returning({ id: accounts.id });
    await this.forget(
      tx,
      removed.map((row) => row.id),
    );
  }

  private async forget(tx: DatabaseSession, ids: readonly string[]): Promise<void> {
    const erased = ids.map((id) => {
      return { type: 'account.erased', actor: PLATFORM, subject: accountParty(id) } as const;
    });
    await this.events.record(tx, ...erased);
    await this.personalData.forget(tx, ids);
  }
}
