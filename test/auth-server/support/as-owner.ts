import { sql } from 'drizzle-orm';
import { Client } from 'pg';
import { SERVER_ROLE } from '../../../apps/auth-server/src/operation/database/roles.js';
import type { PlatformDatabase } from '../../../apps/auth-server/src/operation/database/database.js';

type Rows = readonly Record<string, unknown>[];

/**
 * Runs statements as the owner of the tables, which the platform is not: on a connection of its own, or on the
 * only one of an embedded database.
 *
 * @param url the address of the owner, undefined for an embedded database
 * @returns the rows of the last statement
 */
export async function asOwner(
  { db }: PlatformDatabase,
  url: string | undefined,
  ...statements: readonly string[]
): Promise<Rows> {
  let rows: Rows = [];
  if (url === undefined) {
    await db.execute(sql`reset role`);
    try {
      for (const text of statements) rows = rowsOf(await db.execute(sql.raw(text)));
    } finally {
      await db.execute(sql.raw(`set role ${SERVER_ROLE}`));
    }
    return rows;
  }
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    for (const text of statements) rows = rowsOf(await client.query(text));
    return rows;
  } finally {
    await client.end();
  }
}

/** The rows of a result, which both drivers return in the same form. */
export function rowsOf(result: unknown): Rows {
  const rows: unknown = Reflect.get(Object(result), 'rows');
  if (!Array.isArray(rows)) throw new Error('the database returned no rows');
  return rows;
}
