import {
  setSettings,
  settingValues,
  type Setting,
} from '../tenancy/row-level-security/tenant-settings.js';

/** Members of a query runner of TypeORM that are used here. */
export interface QueryRunnerLike<Manager> {
  readonly manager: Manager;
  startTransaction(): Promise<void>;
  commitTransaction(): Promise<void>;
  rollbackTransaction(): Promise<void>;
  query(text: string, params?: unknown[]): Promise<unknown>;
  release(): Promise<void>;
}

/** Runs one transaction on a query runner. A connection that cannot roll back is destroyed. */
export async function runnerTransaction<Manager, Result>(
  runner: QueryRunnerLike<Manager>,
  settings: readonly Setting[],
  work: (manager: Manager) => Promise<Result>,
): Promise<Result> {
  try {
    await runner.startTransaction();
    await runner.query(setSettings(settings), settingValues(settings));
    const failures = countFailures(runner);
    const result = await work(runner.manager);
    // TypeORM does not notice if COMMIT rolls back a failed transaction. This statement fails in one.
    if (failures() > 0) await runner.query('select 1');
    await runner.commitTransaction();
    return result;
  } catch (error) {
    await rollBack(runner);
    throw error;
  } finally {
    await runner.release();
  }
}

function countFailures(runner: QueryRunnerLike<unknown>): () => number {
  const query = runner.query.bind(runner);
  let failures = 0;
  runner.query = async (...args) => {
    try {
      const result: unknown = await query(...args);
      return result;
    } catch (error) {
      failures += 1;
      throw error;
    }
  };
  return () => failures;
}

async function rollBack<Manager>(runner: QueryRunnerLike<Manager>): Promise<void> {
  try {
    await runner.rollbackTransaction();
  } catch (error) {
    const destroy: unknown = Reflect.get(runner, 'releasePostgresConnection');
    if (typeof destroy === 'function') await Reflect.apply(destroy, runner, [error]);
  }
}
