import { eq } from 'drizzle-orm';
import type { DatabaseSession } from '../../operation/database/database.js';
import { clients } from './clients.table.js';
import { PlatformError } from '../../operation/http/errors.js';
import { isClientId } from './client-metadata.schema.js';

/**
 * Holds a client until the transaction ends: whoever else would change it waits.
 *
 * @throws {PlatformError} `not_found`; `conflict` where it is declared in the environment
 */
export async function lockClient(
  session: DatabaseSession,
  id: string,
): Promise<typeof clients.$inferSelect> {
  if (!isClientId(id)) throw new PlatformError('not_found');
  const [row] = await session.select().from(clients).where(eq(clients.id, id)).for('update');
  if (row === undefined) throw new PlatformError('not_found');
  if (row.origin !== 'declared') return row;
  const remedy = 'It is declared in the environment: change CLIENTS.';
  throw new PlatformError('conflict', { details: { remedy } });
}
