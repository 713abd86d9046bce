import type { SqlSession } from '../sql-session.js';
import { inLockedTransaction } from './locked-transaction.js';
import type { Migration } from './migration.js';

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
