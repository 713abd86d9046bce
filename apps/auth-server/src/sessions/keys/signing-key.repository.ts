import { Injectable } from '@nestjs/common';
import { asc, eq, inArray, sql } from 'drizzle-orm';
import { Events } from '../../events/events.service.js';
import { Clock } from '../../operation/clock.js';
import type { SealedColumn } from '../../operation/crypto/earlier-texts.js';
import { Keyring } from '../../operation/crypto/keyring.js';
import {
  ADVISORY_LOCKS,
  type DatabaseSession,
  PlatformDatabase,
} from '../../operation/database/database.js';
import {
  SIGNING_ALGORITHMS,
  type SigningAlgorithm,
  type SigningKeyRow,
  signingKeys,
} from './signing-keys.table.js';
import { ServerSettings } from '../../operation/settings/server-settings.js';
import {
  isNextDue,
  newKeyPair,
  type NewKeyPair,
  signerOf,
  timesOfFirst,
  timesOfNext,
  timesUntil,
} from './signing-key.js';

/** The column of encrypted private keys. */
export const SEALED_SIGNING_KEYS: SealedColumn = {
  purpose: 'signing-keys',
  table: signingKeys,
  id: signingKeys.kid,
  sealed: signingKeys.sealedPrivateJwk,
};

/** The keys that all instances share. The first instance that finds them due creates and removes keys. */
@Injectable()
export class SigningKeyRepository {
  constructor(
    private readonly database: PlatformDatabase,
    private readonly keyring: Keyring,
    private readonly clock: Clock,
    private readonly settings: ServerSettings,
    private readonly events: Events,
  ) {}

  /** Reads the current keys, ordered by the time at which they begin to sign. */
  async read(): Promise<readonly SigningKeyRow[]> {
    const rows = await this.rowsIn(this.database.db);
    const due = this.dueIn(rows);
    if (due.length === 0 && this.pastIn(rows).length === 0) return rows;
    // Keys are created before the lock is taken, because RSA keys are slow.
    const made = await Promise.all(due.map(newKeyPair));
    return this.database.db.transaction(async (tx) => {
      // All instances must use the same keys.
      await tx.execute(sql`select pg_advisory_xact_lock(${ADVISORY_LOCKS.keyRotation})`);
      await this.add(tx, made);
      await this.removePast(tx);
      return this.rowsIn(tx);
    });
  }

  private async add(tx: DatabaseSession, made: readonly NewKeyPair[]): Promise<void> {
    const rows = await this.rowsIn(tx);
    const due = this.dueIn(rows);
    const now = this.clock.now();
    for (const { kid, algorithm, publicJwk, privateJwk } of made) {
      // Another instance was faster.
      if (!due.includes(algorithm)) continue;
      const last = rows.findLast((row) => row.algorithm === algorithm);
      const times =
        last === undefined
          ? timesOfFirst(now, this.settings)
          : timesOfNext(last, now, this.settings);
      const sealedPrivateJwk = this.keyring.seal('signing-keys', kid, JSON.stringify(privateJwk));
      const row = { kid, algorithm, publicJwk, sealedPrivateJwk, createdAt: now, ...times };
      await tx.insert(signingKeys).values(row);
      const details = { algorithm, replaces: last?.kid };
      await this.events.record(tx, { type: 'key.rotated', ids: { key: kid }, details });
      if (last === undefined) continue;
      await tx
        .update(signingKeys)
        .set(timesUntil(times, this.settings))
        .where(eq(signingKeys.kid, last.kid));
    }
  }

  private async removePast(tx: DatabaseSession): Promise<void> {
    const past = this.pastIn(await this.rowsIn(tx)).map(({ kid }) => kid);
    if (past.length > 0) await tx.delete(signingKeys).where(inArray(signingKeys.kid, past));
  }

  private async rowsIn(session: DatabaseSession): Promise<readonly SigningKeyRow[]> {
    return session.select().from(signingKeys).orderBy(asc(signingKeys.signsFrom));
  }

  private dueIn(rows: readonly SigningKeyRow[]): readonly SigningAlgorithm[] {
    const now = this.clock.now();
    return SIGNING_ALGORITHMS.filter((algorithm) => {
      const last = rows.findLast((row) => row.algorithm === algorithm);
      return isNextDue(last, now, this.settings.keyRotation);
    });
  }

  /** Selects keys that nothing refers to any more, and never the active key. */
  private pastIn(rows: readonly SigningKeyRow[]): readonly SigningKeyRow[] {
    const now = this.clock.now();
    return rows.filter((row) => {
      const chain = rows.filter(({ algorithm }) => algorithm === row.algorithm);
      return row.publishedUntil <= now && row !== signerOf(chain, now);
    });
  }
}
