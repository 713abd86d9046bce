import { randomBytes } from 'node:crypto';
import { Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { asc, eq, inArray, ne, notInArray, sql } from 'drizzle-orm';
import {
  ADVISORY_LOCKS,
  type DatabaseSession,
  type PlatformDatabase,
} from '../database/database.js';
import { PeriodicJob } from '../jobs/periodic-job.js';
import { failureReason } from '../logging/redaction.js';
import { type ServerSettings, SettingsError } from '../settings/server-settings.js';
import { type DataKeyRow, dataKeys } from './data-keys.table.js';
import { earlierKeys, formatsIn, moveEarlierTexts, type SealedColumn } from './earlier-texts.js';
import { KEY_PURPOSES, Keyring } from './keyring.js';
import { type DataKey, type MasterKeys, readMasterKeys } from './master-keys.js';

/** The parts of {@link DataKeys}. */
interface KeySources {
  readonly database: PlatformDatabase;
  readonly settings: ServerSettings;
  /** The columns in which version 0.1 kept texts, the signing keys first. */
  readonly columns: readonly SealedColumn[];
}

/** The interval at which an instance looks for work of other instances, in milliseconds. */
const INTERVAL_MS = 5 * 60 * 1000;
/** Data keys that one transaction re-wraps. */
const BATCH = 100;

/** The result of {@link DataKeys.maintain}. */
interface Maintenance {
  /** Data keys that are now encrypted with the first master key. */
  readonly rewrapped: number;
  /** Texts of version 0.1 that are now encrypted with a data key. */
  readonly moved: number;
}

/** The data keys in the database: makes them, decrypts them, and encrypts them with a new master key. */
export class DataKeys implements OnModuleInit, OnModuleDestroy {
  readonly #logger = new Logger('DataKeys');
  readonly #job = new PeriodicJob({
    intervalMs: INTERVAL_MS,
    run: () => this.run(),
    failed: (error) =>
      this.#logger.warn(`The data keys cannot be checked yet: ${failureReason(error)}`),
  });
  #isWarned = false;

  private constructor(
    private readonly database: PlatformDatabase,
    private readonly masters: MasterKeys,
    private readonly columns: readonly SealedColumn[],
    readonly keyring: Keyring,
  ) {}

  /**
   * Decrypts the data keys and makes missing ones. Writes nothing if a key cannot be decrypted.
   *
   * @throws {SettingsError} if the master keys do not decrypt the data keys, or the data keys are lost
   */
  static async open({ database, settings, columns }: KeySources): Promise<DataKeys> {
    const known = await rowsIn(database.db);
    const isNew = known.length === 0 && (await formatsIn(database.db, columns)) === 'none';
    const masters = readMasterKeys(settings, { isNew });
    const rows = isComplete(known) ? known : await addMissing(database, columns, masters);
    const keyring = new Keyring(
      rows.map((row) => masters.unwrap(row)),
      masters,
    );
    const keys = new DataKeys(database, masters, columns, keyring);
    await keys.maintain();
    return keys;
  }

  onModuleInit(): void {
    this.#job.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.#job.stop();
  }

  /** The fingerprint of the first master key. */
  get masterKeyId(): string {
    return this.masters.first.id;
  }

  /**
   * Encrypts data keys with the first master key, and texts of version 0.1 with data keys. Each batch is a
   * transaction under an advisory lock. After an interruption, the next call does the rest.
   */
  async maintain(): Promise<Maintenance> {
    return { rewrapped: await this.#rewrap(), moved: await this.#move() };
  }

  /** Does the maintenance, and reports it to the log. */
  async run(): Promise<void> {
    const { rewrapped } = await this.maintain();
    if (rewrapped > 0) {
      const first = `the first key of MASTER_KEY (${this.masterKeyId})`;
      this.#logger.log(`${rewrapped} data keys are now encrypted with ${first}.`);
    }
    await this.#warnOfOthers();
  }

  /** Counts the data keys, and those that need a master key other than the first. */
  async count(): Promise<{ readonly all: number; readonly others: number }> {
    const { db } = this.database;
    const others = await db.$count(dataKeys, ne(dataKeys.masterKeyId, this.masterKeyId));
    return { all: await db.$count(dataKeys), others };
  }

  async #rewrap(): Promise<number> {
    const others = this.masters.all.map(({ id }) => id).filter((id) => id !== this.masterKeyId);
    let rewrapped = 0;
    let count = others.length === 0 ? 0 : BATCH;
    while (count === BATCH && !this.#job.isStopping) {
      count = await inTurn(this.database, async (tx) => {
        const isOther = inArray(dataKeys.masterKeyId, others);
        const rows = await tx.select().from(dataKeys).where(isOther).limit(BATCH);
        for (const row of rows) {
          const wrapping = this.masters.first.wrap(this.masters.unwrap(row));
          await tx.update(dataKeys).set(wrapping).where(eq(dataKeys.id, row.id));
        }
        return rows.length;
      });
      rewrapped += count;
    }
    return rewrapped;
  }

  #move(): Promise<number> {
    return moveEarlierTexts(this.columns, this.keyring, (work) => inTurn(this.database, work));
  }

  /** Reports a change of the master key that this instance was not told of. */
  async #warnOfOthers(): Promise<void> {
    const ids = this.masters.all.map(({ id }) => id);
    const others = notInArray(dataKeys.masterKeyId, ids);
    const count = await this.database.db.$count(dataKeys, others);
    if (count > 0 && !this.#isWarned) {
      this.#logger.warn(
        `${count} data keys are encrypted with a master key that MASTER_KEY of this instance does not list. The instance runs on, but cannot restart. Add the key to MASTER_KEY.`,
      );
    }
    this.#isWarned = count > 0;
  }
}

const NONE: ReadonlyMap<string, Buffer> = new Map();

/** Makes the keys of purposes that have none. All instances then read the same ones. */
function addMissing(
  database: PlatformDatabase,
  columns: readonly SealedColumn[],
  masters: MasterKeys,
): Promise<readonly DataKeyRow[]> {
  return inTurn(database, async (tx) => {
    const rows = await rowsIn(tx);
    // Fails before anything is written if the master keys are wrong.
    for (const row of rows) masters.unwrap(row);
    const earlier = rows.length === 0 ? await firstKeys(tx, columns, masters) : NONE;
    const missing = KEY_PURPOSES.filter((one) => rows.every(({ purpose }) => purpose !== one));
    if (missing.length === 0) return rows;
    const made = missing.map((purpose) => newRow(masters, purpose, earlier.get(purpose)));
    await tx.insert(dataKeys).values(made);
    return rowsIn(tx);
  });
}

function newRow(masters: MasterKeys, purpose: string, bytes: Buffer = randomBytes(32)) {
  const key: DataKey = { id: randomBytes(9).toString('base64url'), purpose, bytes };
  return { id: key.id, purpose, ...masters.first.wrap(key) };
}

/**
 * Returns the keys that a database without data keys has used so far, by purpose. A new database has used none.
 *
 * @throws {SettingsError} if its texts need data keys, or the master keys do not decrypt them
 */
async function firstKeys(
  session: DatabaseSession,
  columns: readonly SealedColumn[],
  masters: MasterKeys,
): Promise<ReadonlyMap<string, Buffer>> {
  const formats = await formatsIn(session, columns);
  if (formats === 'none') return NONE;
  if (formats === 'earlier') return earlierKeys(session, columns, masters);
  throw new SettingsError(
    'The table data_keys is empty, but the signing keys or mails need its keys. Restore the table from a backup. MASTER_KEY alone does not decrypt them.',
  );
}

function isComplete(rows: readonly DataKeyRow[]): boolean {
  return KEY_PURPOSES.every((one) => rows.some(({ purpose }) => purpose === one));
}

/** Reads the keys, oldest first. */
async function rowsIn(session: DatabaseSession): Promise<readonly DataKeyRow[]> {
  return session.select().from(dataKeys).orderBy(asc(dataKeys.createdAt), asc(dataKeys.id));
}

/** Runs a transaction that changes keys, on one instance at a time. */
function inTurn<Result>(
  { db }: PlatformDatabase,
  work: (tx: DatabaseSession) => Promise<Result>,
): Promise<Result> {
  return db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(${ADVISORY_LOCKS.dataKeys})`);
    return work(tx);
  });
}
