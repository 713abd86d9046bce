import { Injectable } from '@nestjs/common';
import { eq } from 'drizzle-orm';
import { accountParty, type Party } from '../events/catalogue.js';
import { Events } from '../events/events.service.js';
import { Clock } from '../operation/clock.js';
import type { DatabaseSession } from '../operation/database/database.js';
import { AccountsService } from './accounts.service.js';
import { type AccountRow, accounts } from './accounts.table.js';

/** The end of an account: by its owner, or by an administrator. */
export type AccountEnd =
  | { readonly state: 'deactivated' | 'disabled' }
  | { readonly state: 'deleted'; readonly deletedAt: Date; readonly anonymiseAt: Date };

/**
 * Refuses the end of an account by an error, which undoes the transaction. The row of the account is
 * locked. A veto that depends on other accounts takes a lock of its own, since two ends may run at once.
 */
export type AccountEndingVeto = (tx: DatabaseSession, account: AccountRow) => Promise<void>;

/** The only way to end an account. Rooms that may have to refuse it register a veto. */
@Injectable()
export class AccountEnding {
  readonly #vetoes: AccountEndingVeto[] = [];

  constructor(
    private readonly record: AccountsService,
    private readonly clock: Clock,
    private readonly events: Events,
  ) {}

  register(veto: AccountEndingVeto): void {
    this.#vetoes.push(veto);
  }

  /**
   * Ends an account, in the transaction of the caller. Undefined if it is gone.
   *
   * @param by the owner by default
   * @throws {PlatformError} of the first room that refuses
   */
  async end(
    tx: DatabaseSession,
    id: string,
    how: AccountEnd,
    by: Party = accountParty(id),
  ): Promise<AccountRow | undefined> {
    const held = await this.record.lockForUpdate(tx, { id });
    if (held === undefined) return undefined;
    for (const veto of this.#vetoes) await veto(tx, held);
    const [ended] = await tx
      .update(accounts)
      .set({ ...how, updatedAt: this.clock.now() })
      .where(eq(accounts.id, id))
      .returning();
    const subject = accountParty(id);
    await this.events.record(tx, { type: `account.${how.state}`, actor: by, subject });
    return ended;
  }
}
