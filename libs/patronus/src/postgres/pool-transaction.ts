import {
  setSettings,
  settingValues,
  type Setting,
} from '../tenancy/row-level-security/tenant-settings.js';
import type { PoolClientLike, PoolLike } from './database.js';
import { lend, type TenantClient, type TenantResult } from './tenant-client.js';

/**
 * Runs one transaction on a connection of a pool. A connection that cannot roll back is destroyed.
 */
export async function poolTransaction<Result>(
  pool: PoolLike,
  settings: readonly Setting[],
  work: (client: TenantClient) => Promise<Result>,
): Promise<Result> {
  const connection = await pool.connect();
  let broken: Error | undefined;
  // Nothing else listens while it is on loan, and an error without a listener ends the process.
  const onError = (error: Error): void => void (broken = error);
  connection.on('error', onError);
  try {
    return await committed(connection, settings, work);
  } catch (error) {
    broken ??= await rollBack(connection);
    throw error;
  } finally {
    connection.off('error', onError);
    connection.release(broken);
  }
}

async function committed<Result>(
  connection: PoolClientLike,
  settings: readonly Setting[],
  work: (client: TenantClient) => Promise<Result>,
): Promise<Result> {
  await connection.query('begin');
  await connection.query(setSettings(settings), settingValues(settings));
  const result = await lend(
    async <Row>(text: string, params: unknown[]): Promise<TenantResult<Row>> => {
      const { rows, rowCount } = await connection.query<Row>(text, params);
      return { rows, rowCount: rowCount ?? rows.length };
    },
    work,
  );
  const { command } = await connection.query('commit');
  if (command === 'COMMIT') return result;
  throw new Error('Nothing was committed: a statement failed, and its error was swallowed.');
}

async function rollBack(connection: PoolClientLike): Promise<Error | undefined> {
  try {
    await connection.query('rollback');
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error('rollback failed', { cause: error });
  }
}
