import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import { Client } from 'pg';
import { z } from 'zod';
import { SettingsError, type TableOwner } from '../settings/server-settings.js';
import {
  ADVISORY_LOCKS,
  connectionTo,
  type DatabaseSession,
  MIGRATIONS_FOLDER,
  rootOf,
  sqlStateOf,
} from './database.js';

const JOURNAL = z.object({ entries: z.array(z.object({ tag: z.string(), when: z.number() })) });

/** The message of a server whose tables were made by an earlier version. */
export const TABLES_ARE_OLDER =
  'The tables are older than this version of the server. Run `node dist/main.js migrate` first, or set MIGRATE_AT_START=on.';

const INSUFFICIENT_PRIVILEGE = '42501';
const FUNCTION_IS_MISSING = '42883';

/** The migrations of this version, oldest first. */
function migrationsOfThisVersion(): z.output<typeof JOURNAL>['entries'] {
  const text = readFileSync(join(MIGRATIONS_FOLDER, 'meta/_journal.json'), 'utf8');
  return JOURNAL.parse(JSON.parse(text)).entries;
}

/**
 * Migrates on a connection of its own without time limits: the migration of another instance may be slow.
 *
 * @returns the names of the migrations that were applied
 * @throws {SettingsError} if the database does not answer, or the user may not migrate
 */
export async function migratePostgres({ url, setting }: TableOwner): Promise<readonly string[]> {
  const client = new Client(connectionTo(url));
  // A broken connection also fails the statement.
  client.on('error', () => undefined);
  await connect(client, setting);
  try {
    await client.query('select pg_advisory_lock($1)', [ADVISORY_LOCKS.migration]);
    const db = drizzle(client);
    const run = () => migrate(db, { migrationsFolder: MIGRATIONS_FOLDER });
    return await applyMigrations(db, run, setting);
  } finally {
    // Ends the session and its lock, also after a failure.
    await client.end();
  }
}

async function connect(client: Client, setting: string): Promise<void> {
  try {
    await client.connect();
  } catch (cause) {
    throw new SettingsError(`${setting}: the database cannot be reached: ${rootOf(cause)}.`, {
      cause,
    });
  }
}

/**
 * Runs the migrations that a database has not had, as the owner of its tables.
 *
 * @param run applies them
 * @param setting the variable with the address of the owner, for the error message
 * @returns the names of those that were applied, oldest first
 * @throws {SettingsError} if the user lacks a right
 */
export async function applyMigrations(
  db: DatabaseSession,
  run: () => Promise<void>,
  setting: string,
): Promise<readonly string[]> {
  try {
    const before = await newestApplied(db);
    await run();
    return migrationsOfThisVersion().flatMap(({ tag, when }) => (when > before ? [tag] : []));
  } catch (error) {
    if (sqlStateOf(error) !== INSUFFICIENT_PRIVILEGE) throw error;
    throw new SettingsError(
      `${setting}: the user may not migrate the tables: ${rootOf(error)}. Name their owner in MIGRATION_DATABASE_URL, or migrate by a command of its own and set MIGRATE_AT_START=off.`,
      { cause: error },
    );
  }
}

/** Returns the time of the newest migration of a database, read by the owner. 0 if it has had none. */
async function newestApplied(db: DatabaseSession): Promise<number> {
  const [known] = await db
    .select({ exists: sql<boolean>`to_regclass('drizzle.__drizzle_migrations') is not null` })
    .from(sql`(values (1)) as here`);
  if (known?.exists !== true) return 0;
  const [newest] = await db
    .select({ at: sql<string | null>`max(created_at)` })
    .from(sql`drizzle.__drizzle_migrations`);
  return Number(newest?.at ?? 0);
}

/**
 * Checks, as the server, that its database has had the migrations of this version. Later ones are welcome:
 * they take nothing from the release before.
 *
 * @throws {SettingsError} if one is missing
 */
export async function requireCurrentTables(db: DatabaseSession): Promise<void> {
  const newest = migrationsOfThisVersion().at(-1)?.when ?? 0;
  if ((await newestSeenByServer(db)) < newest) throw new SettingsError(TABLES_ARE_OLDER);
}

async function newestSeenByServer(db: DatabaseSession): Promise<number> {
  try {
    const [newest] = await db
      .select({ at: sql<string | null>`public.applied_migration()` })
      .from(sql`(values (1)) as here`);
    return Number(newest?.at ?? 0);
  } catch (error) {
    // Another database of the cluster has created the role, and this one was never migrated.
    if (sqlStateOf(error) === FUNCTION_IS_MISSING) return 0;
    throw error;
  }
}
