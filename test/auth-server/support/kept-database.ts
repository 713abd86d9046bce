import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PGlite } from '@electric-sql/pglite';
import { drizzle, type PgliteDatabase } from 'drizzle-orm/pglite';
import { migrate } from 'drizzle-orm/pglite/migrator';
import { watchCommits } from '../../../apps/auth-server/src/operation/database/commit-hooks.js';
import {
  MIGRATIONS_FOLDER,
  PlatformDatabase,
} from '../../../apps/auth-server/src/operation/database/database.js';
import { takeServerRole } from '../../../apps/auth-server/src/operation/database/open-database.js';
import { startPGlite } from '../../environment/pglite-template.js';

const CLEARED = `
  select string_agg(format('delete from %I.%I', schemaname, tablename), ';') as statements
  from pg_tables
  where schemaname not in ('pg_catalog', 'information_schema', 'drizzle')
    -- The rows of partitions are those of their parent.
    and not (select relispartition from pg_class where oid = format('%I.%I', schemaname, tablename)::regclass)`;

/** Idle databases of this process, shared by suites that run one after another. */
const POOL = Symbol.for('patronus.kept-databases');
const idle: PGlite[] = (Reflect.get(globalThis, POOL) as PGlite[] | undefined) ?? [];
Reflect.set(globalThis, POOL, idle);

/**
 * Embedded database with the tables of this version and no rows. Starting PGlite takes longer than
 * most suites, so a database is emptied and reused after a suite.
 */
export class KeptDatabase {
  readonly #pglite: PGlite;

  private constructor(pglite: PGlite) {
    this.#pglite = pglite;
  }

  static async take(): Promise<KeptDatabase> {
    return new KeptDatabase(idle.pop() ?? (await start()));
  }

  /** Opens the database as the platform does, with its role. Closing it closes this view only. */
  async open(): Promise<PlatformDatabase> {
    const database = new KeptPlatformDatabase(this.#pglite);
    await takeServerRole(database.db);
    return database;
  }

  /** Empties the database and keeps it for the next suite. */
  async release(): Promise<void> {
    // Back to the owner of the tables.
    await this.#pglite.exec('reset role');
    const { rows } = await this.#pglite.query<{ statements: string }>(CLEARED);
    const statements = rows[0]?.statements ?? '';
    // Without triggers, and so in any order.
    await this.#pglite.exec(`set session_replication_role = replica; ${statements}`);
    await this.#pglite.exec('discard all');
    idle.push(this.#pglite);
  }
}

class KeptPlatformDatabase extends PlatformDatabase {
  readonly place = 'embedded, in memory';
  readonly db: PgliteDatabase;
  #closed = false;

  constructor(pglite: PGlite) {
    super();
    this.db = drizzle(
      new Proxy(pglite, {
        get: (target, name) => {
          if (this.#closed) throw new Error('PGlite is closed');
          const member: unknown = Reflect.get(target, name, target);
          return typeof member === 'function' ? member.bind(target) : member;
        },
      }),
    );
    watchCommits(this.db);
  }

  async ping(): Promise<void> {
    await this.db.execute('select 1');
  }

  close(): Promise<void> {
    this.#closed = true;
    return Promise.resolve();
  }
}

function start(): Promise<PGlite> {
  return startPGlite(
    (pglite) => migrate(drizzle(pglite), { migrationsFolder: MIGRATIONS_FOLDER }),
    versionOfTables(),
  );
}

function versionOfTables(): string {
  const hash = createHash('sha256');
  const names = readdirSync(MIGRATIONS_FOLDER, { recursive: true, encoding: 'utf8' });
  for (const name of names.toSorted()) {
    if (/\.(sql|json)$/.test(name)) hash.update(readFileSync(join(MIGRATIONS_FOLDER, name)));
  }
  return hash.digest('hex');
}
