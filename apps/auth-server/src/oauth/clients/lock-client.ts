import { eq } from 'drizzle-orm';
import type { DatabaseSession } from '../../operation/database/database.js';
import { clients } from './clients.table.js';
import { PlatformError } from '../../operation/http/errors.js';
import { isClientId } from './client-metadata.schema.js';

/**
 * Locks a client until the transaction ends. Other transactions that change it wait.
 *
 * @throws {PlatformError} `not_found`; `conflict` if the client is declared in the environment
 */
export async function lockClient(
  session: DatabaseSession,
  id: string,
): Promise<typeof clients.$inferSelect> {
  if (!isClientId(id)) throw new PlatformError('not_found');
  const [row] = await session.select().from(clients).where(eq(clients.id, id)).for('update');
  if (row === undefined) throw new PlatformError('not_found');
  if (row.origin !== 'declared') return row;
  const remedy = 'The client is declared in the environment. Change CLIENTS.';
  throw new PlatformError('conflict', { details: { remedy } });
}
