import {
  setSettings,
  settingValues,
  type Setting,
} from '../tenancy/row-level-security/tenant-settings.js';
import type { PGliteLike } from './database.js';
import { lend, type TenantClient, type TenantResult } from './tenant-client.js';

/**
 * Runs one transaction on a PGlite, which has one connection and runs one transaction at a time.
 */
export function pgliteTransaction<Result>(
  pglite: PGliteLike,
  settings: readonly Setting[],
  work: (client: TenantClient) => Promise<Result>,
): Promise<Result> {
  return pglite.transaction(async (transaction) => {
    await transaction.query(setSettings(settings), settingValues(settings));
    return lend(async <Row>(text: string, params: unknown[]): Promise<TenantResult<Row>> => {
      const { rows, affectedRows } = await transaction.query<Row>(text, params);
      return { rows, rowCount: Math.max(affectedRows ?? 0, rows.length) };
    }, work);
  });
}
