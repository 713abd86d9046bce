import { createSecretKey, type KeyObject, randomBytes, randomUUID } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { and, eq, inArray, isNotNull, or, sql } from 'drizzle-orm';
import { unionAll } from 'drizzle-orm/pg-core';
import { LRUCache } from 'lru-cache';
import { Clock } from '../../operation/clock.js';
import { Keyring } from '../../operation/crypto/keyring.js';
import { afterCommit } from '../../operation/database/commit-hooks.js';
import type { DatabaseSession } from '../../operation/database/database.js';
import { PersonalData } from '../../operation/personal-data/personal-data.js';
import { SettingsError } from '../../operation/settings/server-settings.js';
import type { Party } from '../catalogue.js';
import { auditSubjects } from './audit.table.js';

/** The name of a party in the audit log, and the key of what is said about it. */
export interface AuditSubject {
  readonly pseudonym: string;
  /** A prepared key: each use of raw bytes costs three times as much. */
  readonly key: KeyObject;
}

/** Subjects that are looked up, by party. */
export type ResolvedSubjects = (party: Party) => AuditSubject;

/** The number of subjects that are cached, and the milliseconds for which one is used without a look. */
const CACHED = 10_000;
const CACHED_FOR = 60_000;
/** The number of keys that are looked at when the platform starts. The table has one for each account. */
const CHECKED = 1000;

const { kind, subjectId, pseudonym, wrappedKey } = auditSubjects;

/**
 * Looks at some keys of subjects before the platform starts.
 *
 * @throws {SettingsError} if they are encrypted with a data key that is missing, because `data_keys` was lost or
 * comes from another database
 */
export async function requireSubjectKeys(db: DatabaseSession, keyring: Keyring): Promise<void> {
  const some = db
    .select({ wrappedKey })
    .from(auditSubjects)
    .where(isNotNull(wrappedKey))
    .limit(CHECKED)
    .as('some');
  const used = await db
    .selectDistinct({ keyId: sql<string>`split_part(${some.wrappedKey}, '.', 2)` })
    .from(some);
  const missing = used.find(({ keyId }) => !keyring.has('audit-subjects', keyId));
  if (missing === undefined) return;
  throw new SettingsError(
    `The audit log needs the data key ${missing.keyId}, which is not in the table data_keys. Restore the table from a backup of this database. If it is lost, erase the keys in audit_subjects, as "If the master key is lost" in docs/platform/operating.md says.`,
  );
}

/** The pseudonyms and the keys of everyone and everything that the audit log names. */
@Injectable()
export class AuditSubjects implements OnModuleInit {
  /** Subjects that were read from committed rows. */
  readonly #cache = new LRUCache<string, AuditSubject>({ max: CACHED, ttl: CACHED_FOR });
  #erasures = 0;

  constructor(
    private readonly keyring: Keyring,
    private readonly clock: Clock,
    private readonly personalData: PersonalData,
  ) {}

  onModuleInit(): void {
    this.personalData.register({
      forget: (tx, accountIds) =>
        this.erase(
          tx,
          accountIds.map((id) => ({ kind: 'account', id })),
        ),
    });
  }

  /**
   * Finds the subjects of parties, and creates missing ones, in one statement at most.
   *
   * @param options.isUniform true to read them even if they are cached
   */
  async resolve(
    tx: DatabaseSession,
    parties: readonly Party[],
    { isUniform = false } = {},
  ): Promise<ResolvedSubjects> {
    const wanted = new Map(parties.map((party) => [keyOf(party), party]));
    const found = this.#cached(isUniform ? [] : wanted.keys());
    let missing = [...wanted].filter(([name]) => !found.has(name));
    while (missing.length > 0) {
      const rows = await this.#upsert(
        tx,
        missing.map(([, party]) => party),
      );
      for (const [name, subject] of rows) found.set(name, subject);
      // Another transaction has just committed the same subject: the next statement sees it.
      missing = missing.filter(([name]) => !found.has(name));
    }
    const erasures = this.#erasures;
    // A subject of this transaction may still be rolled back, or erased until then.
    afterCommit(tx, () => {
      if (erasures !== this.#erasures) return;
      for (const [name, subject] of found) this.#cache.set(name, subject);
    });
    return among(found);
  }

  #cached(names: Iterable<string>): Map<string, AuditSubject> {
    const found = new Map<string, AuditSubject>();
    for (const name of names) {
      const subject = this.#cache.get(name);
      if (subject !== undefined) found.set(name, subject);
    }
    return found;
  }

  /** Reads the keys of subjects by their pseudonyms. Those that were erased have none. */
  async keysOf(
    session: DatabaseSession,
    pseudonyms: readonly string[],
  ): Promise<ReadonlyMap<string, KeyObject>> {
    const rows = await session
      .select({ pseudonym, wrappedKey })
      .from(auditSubjects)
      .where(inArray(pseudonym, [...pseudonyms]));
    return new Map(
      rows.flatMap((row) =>
        row.wrappedKey === null
          ? []
          : [[row.pseudonym, this.#unwrap(row.pseudonym, row.wrappedKey)] as const],
      ),
    );
  }

  /** Destroys the keys of parties and the way from their ids to their pseudonyms. */
  async erase(tx: DatabaseSession, parties: readonly Party[]): Promise<void> {
    if (parties.length === 0) return;
    await tx
      .update(auditSubjects)
      .set({ subjectId: null, wrappedKey: null, erasedAt: this.clock.now() })
      .where(or(...parties.map(isParty)));
    afterCommit(tx, () => {
      this.#erasures += 1;
      for (const party of parties) this.#cache.delete(keyOf(party));
    });
  }

  /** Inserts subjects that are missing, and reads those that are there. */
  async #upsert(
    tx: DatabaseSession,
    parties: readonly Party[],
  ): Promise<readonly (readonly [string, AuditSubject])[]> {
    const createdAt = this.clock.now();
    // In one order, so that transactions that insert the same subjects wait for each other and not in a circle.
    const values = parties
      .toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
      .map((party) => {
        const id = randomUUID();
        const wrapped = this.keyring.seal('audit-subjects', id, randomBytes(32).toString('base64'));
        const { kind: kindOf, id: idOf } = party;
        return { pseudonym: id, kind: kindOf, subjectId: idOf, wrappedKey: wrapped, createdAt };
      });
    const columns = { kind, subjectId, pseudonym, wrappedKey };
    const made = tx
      .$with('made')
      .as(tx.insert(auditSubjects).values(values).onConflictDoNothing().returning(columns));
    const there = tx
      .select(columns)
      .from(auditSubjects)
      .where(or(...parties.map(isParty)));
    const both = unionAll(tx.select().from(made), there).as('both');
    const rows = await tx.with(made).select().from(both);
    return rows.flatMap((row) =>
      row.subjectId === null || row.wrappedKey === null
        ? []
        : [
            [
              keyOf({ kind: row.kind, id: row.subjectId }),
              {
                pseudonym: row.pseudonym,
                key: this.#unwrap(row.pseudonym, row.wrappedKey),
              },
            ] as const,
          ],
    );
  }

  #unwrap(of: string, wrapped: string): KeyObject {
    const key = this.keyring.open('audit-subjects', of, wrapped);
    return createSecretKey(key, 'base64');
  }
}

function among(found: ReadonlyMap<string, AuditSubject>): ResolvedSubjects {
  return (party) => {
    const subject = found.get(keyOf(party));
    if (subject === undefined) throw new Error('A party of an event was not looked up.');
    return subject;
  };
}

function keyOf(party: Party): string {
  return `${party.kind}:${party.id}`;
}

function isParty(party: Party) {
  return and(eq(kind, party.kind), eq(subjectId, party.id));
}
