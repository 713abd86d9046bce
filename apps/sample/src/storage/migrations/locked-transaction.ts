import type { SqlSession } from '../sql-session.js';

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
