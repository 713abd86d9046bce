import type { SqlSession } from '../sql-session.js';

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
