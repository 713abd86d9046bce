import type { SqlSession } from '../clinic-database.js';

/** Whoever prepares the clinic's database holds this lock, so that instances wait for each other. */
const LOCK = 7_287_667;

/** Runs `work` in a transaction that no other instance's runs beside. */
export async function inLockedTransaction<Result>(
  session: SqlSession,
  work: () => Promise<Result>,
): Promise<Result> {
  await session.script('begin');
  try {
    await session.query('select pg_advisory_xact_lock($1)', [LOCK]);
    const result = await work();
    await session.script('commit');
    return result;
  } catch (error) {
    await session.script('rollback');
    throw error;
  }
}

/** One step from an empty database to the clinic's. Once released, it never changes. */
export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly script: string;
}

const HISTORY = `
create table if not exists schema_migrations (
  number integer primary key,
  name text not null,
  at timestamptz not null default now()
)`;

/** Takes the steps that the database has not taken yet, each in a transaction of its own. */
export async function migrate(
  session: SqlSession,
  migrations: readonly Migration[],
): Promise<void> {
  await inLockedTransaction(session, () => session.script(HISTORY));
  for (const migration of migrations) {
    await inLockedTransaction(session, () => take(session, migration));
  }
}

async function take(session: SqlSession, { number, name, script }: Migration): Promise<void> {
  const { rows } = await session.query(
    'insert into schema_migrations (number, name) values ($1, $2) on conflict do nothing returning number',
    [number, name],
  );
  if (rows.length > 0) await session.script(script);
}
