import { createHash, randomUUID } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { EmbeddedCluster } from '@patronus/embedded-database';
import { drizzle, type PgliteDatabase } from 'drizzle-orm/pglite';
import { migrate } from 'drizzle-orm/pglite/migrator';
import {
  MIGRATIONS_FOLDER,
  PlatformDatabase,
} from '../../apps/auth-server/src/operation/database/database.js';

const CACHE = join(import.meta.dirname, '../../node_modules/.cache/platform-database');
const CLEARED = `
  select string_agg(format('delete from %I.%I', schemaname, tablename), ';') as statements
  from pg_tables where schemaname not in ('pg_catalog', 'information_schema', 'drizzle')`;

/** The idle databases of this process: suites that run one after another use the same ones. */
const POOL = Symbol.for('patronus.kept-databases');
const idle: PGlite[] = (Reflect.get(globalThis, POOL) as PGlite[] | undefined) ?? [];
Reflect.set(globalThis, POOL, idle);

/**
 * An embedded database with the tables of this version and no rows. To start PGlite takes longer than
 * most suites, so a database that a suite has finished with is emptied for the next one.
 */
export class KeptDatabase {
  readonly #pglite: PGlite;

  private constructor(pglite: PGlite) {
    this.#pglite = pglite;
  }

  static async take(): Promise<KeptDatabase> {
    return new KeptDatabase(idle.pop() ?? (await start()));
  }

  /** The database as the platform sees it. What it closes is this view alone. */
  open(): PlatformDatabase {
    return new KeptPlatformDatabase(this.#pglite);
  }

  /** Empties the database and keeps it for the next suite. */
  async release(): Promise<void> {
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
  }

  async ping(): Promise<void> {
    await this.db.execute('select 1');
  }

  close(): Promise<void> {
    this.#closed = true;
    return Promise.resolve();
  }
}

async function start(): Promise<PGlite> {
  return PGlite.create({ loadDataDir: new Blob([await template()]) });
}

/** The files of a database with all migrations, made once for each version of them. */
async function template(): Promise<Buffer<ArrayBuffer>> {
  const file = join(CACHE, `${versionOfTables()}.tar`);
  try {
    return readFileSync(file);
  } catch {
    const files = Buffer.from(await (await migrated()).arrayBuffer());
    mkdirSync(CACHE, { recursive: true });
    const draft = `${file}.${randomUUID()}`;
    writeFileSync(draft, files);
    renameSync(draft, file);
    return files;
  }
}

async function migrated(): Promise<Blob> {
  const folder = mkdtempSync(join(tmpdir(), 'patronus-platform-'));
  const cluster = await EmbeddedCluster.open({ folder, setting: 'folder', name: 'template' });
  try {
    await migrate(drizzle(cluster.pglite), { migrationsFolder: MIGRATIONS_FOLDER });
    return await cluster.pglite.dumpDataDir('none');
  } finally {
    await cluster.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function versionOfTables(): string {
  const hash = createHash('sha256').update(import.meta.resolve('@electric-sql/pglite'));
  for (const name of readdirSync(MIGRATIONS_FOLDER, {
    recursive: true,
    encoding: 'utf8',
  }).toSorted()) {
    if (/\.(sql|json)$/.test(name)) hash.update(readFileSync(join(MIGRATIONS_FOLDER, name)));
  }
  return hash.digest('hex').slice(0, 16);
}
