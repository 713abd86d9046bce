import { and, asc, gt, sql } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import type { DatabaseSession } from '../database/database.js';
import { SettingsError } from '../settings/server-settings.js';
import type { Keyring, SealingPurpose } from './keyring.js';
import type { MasterKey, MasterKeys } from './master-keys.js';

/** A column of encrypted texts that version 0.1 wrote, too. */
export interface SealedColumn {
  readonly purpose: SealingPurpose;
  readonly table: PgTable;
  /** The context of the texts. */
  readonly id: PgColumn;
  readonly sealed: PgColumn;
}

interface SealedRow {
  readonly id: string;
  readonly sealed: string;
}

/** Version 0.1 used these keys as derived from the master key. They are kept, so that nothing ends. */
const EARLIER_PURPOSES: readonly string[] = [
  'cookies',
  'refresh-tokens',
  'login-names',
  'dpop-nonces',
  'limits',
];
/** Texts that one statement reads. */
const BATCH = 200;

/** Tells which texts the columns hold: only `earlier` ones of version 0.1, also `current` ones, or `none`. */
export async function formatsIn(
  session: DatabaseSession,
  columns: readonly SealedColumn[],
): Promise<'none' | 'earlier' | 'current'> {
  const counts = await Promise.all(
    columns.map(async (column) => ({
      earlier: await session.$count(column.table, isEarlier(column)),
      all: await session.$count(column.table),
    })),
  );
  if (counts.some(({ earlier, all }) => all > earlier)) return 'current';
  return counts.some(({ all }) => all > 0) ? 'earlier' : 'none';
}

/**
 * Returns the keys that version 0.1 used, by purpose: they are the first data keys.
 *
 * @throws {SettingsError} if no master key decrypts the texts of version 0.1
 */
export async function earlierKeys(
  session: DatabaseSession,
  columns: readonly SealedColumn[],
  masters: MasterKeys,
): Promise<ReadonlyMap<string, Buffer>> {
  const master = await masterOf(session, columns, masters);
  return new Map(EARLIER_PURPOSES.map((purpose) => [purpose, master.earlierKey(purpose)]));
}

/** Finds the master key that decrypts all texts of the first column with texts, the signing keys. */
async function masterOf(
  session: DatabaseSession,
  columns: readonly SealedColumn[],
  masters: MasterKeys,
): Promise<MasterKey> {
  for (const column of columns) {
    const rows = await readBatch(session, column, '');
    const master = masters.all.find((key) => rows.every((row) => opens(key, column, row)));
    if (rows.length > 0 && master !== undefined) return master;
    if (rows.length > 0) break;
  }
  throw new SettingsError(
    'MASTER_KEY does not decrypt the signing keys. Set the key that they were encrypted with, or append it after a comma.',
  );
}

function opens(key: MasterKey, { purpose }: SealedColumn, { id, sealed }: SealedRow): boolean {
  try {
    key.openEarlier({ purpose, context: id, sealed });
    return true;
  } catch {
    return false;
  }
}

/**
 * Encrypts texts of version 0.1 with data keys, one batch in each transaction. Texts that cannot be decrypted stay.
 *
 * @param lock runs a batch in a transaction, one instance at a time
 * @returns the number of texts
 */
export async function moveEarlierTexts(
  columns: readonly SealedColumn[],
  keyring: Keyring,
  lock: <Result>(work: (tx: DatabaseSession) => Promise<Result>) => Promise<Result>,
): Promise<number> {
  let moved = 0;
  for (const column of columns) {
    let after = '';
    let rows: readonly SealedRow[];
    do {
      rows = await lock(async (tx) => {
        const batch = await readBatch(tx, column, after);
        for (const row of batch) moved += await moveText(tx, column, row, keyring);
        return batch;
      });
      after = rows.at(-1)?.id ?? after;
    } while (rows.length === BATCH);
  }
  return moved;
}

async function moveText(
  tx: DatabaseSession,
  { purpose, table, id, sealed }: SealedColumn,
  row: SealedRow,
  keyring: Keyring,
): Promise<number> {
  let text: string;
  try {
    text = keyring.open(purpose, row.id, row.sealed);
  } catch {
    return 0;
  }
  const next = keyring.seal(purpose, row.id, text);
  const name = sql.identifier(sealed.name);
  await tx.execute(sql`update ${table} set ${name} = ${next} where ${id} = ${row.id}`);
  return 1;
}

/** Reads and locks texts of version 0.1 in the order of their ids. Skips rows that another transaction changes. */
function readBatch(
  tx: DatabaseSession,
  column: SealedColumn,
  after: string,
): Promise<readonly SealedRow[]> {
  const { table, id, sealed } = column;
  return tx
    .select({ id: sql<string>`${id}::text`, sealed: sql<string>`${sealed}` })
    .from(table)
    .where(and(isEarlier(column), after === '' ? undefined : gt(id, after)))
    .orderBy(asc(id))
    .limit(BATCH)
    .for('update', { skipLocked: true });
}

function isEarlier({ sealed }: SealedColumn) {
  return sql`position('.' in ${sealed}) = 0`;
}
