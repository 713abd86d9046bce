import { Injectable } from '@nestjs/common';
import type { DatabaseSession } from '../database/database.js';

/** Personal data that a room keeps about accounts. */
export interface PersonalDataHolder {
  /** Removes or anonymises all of it, in the transaction of the caller. */
  forget(tx: DatabaseSession, accountIds: readonly string[]): Promise<void>;
}

/** The rooms that keep personal data: each registers itself. */
@Injectable()
export class PersonalData {
  readonly #holders: PersonalDataHolder[] = [];

  register(holder: PersonalDataHolder): void {
    this.#holders.push(holder);
  }

  /** Removes or anonymises what all rooms know about accounts, in the transaction of the caller. */
  async forget(tx: DatabaseSession, accountIds: readonly string[]): Promise<void> {
    for (const holder of this.#holders) await holder.forget(tx, accountIds);
  }
}
