import type { SqlSession } from '../clinic-database.js';

/** The lock of instances that prepare the clinic's database, so that they wait for each other. */
const LOCK = 7_287_667;

/** Runs `work` in a transaction that excludes those of other instances. */
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

/** A change of the tables. A released migration never changes. */
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

/** Applies the migrations that the database does not have yet, each in a transaction of its own. */
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
