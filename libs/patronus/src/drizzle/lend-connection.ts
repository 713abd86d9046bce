import { PatronusConfigurationError } from '../errors/configuration.error.js';
import { LentConnection } from './lent-connection.js';

/**
 * Lends a transaction its connection for as long as `work` runs. Drizzle itself would send queries
 * that were kept or not awaited to the connection after another tenant has taken it.
 */
export async function lendConnection<Result>(
  db: object,
  transaction: object,
  work: () => Promise<Result>,
): Promise<Result> {
  const session = memberOf(transaction, 'session');
  const client = memberOf(session, 'client');
  if (session === undefined || client === undefined || session === memberOf(db, 'session')) {
    throw new PatronusConfigurationError(
      'tenantDrizzle',
      'was given a database on a single connection, which tenants would share.',
      "Give drizzle(new Pool({ … })) of 'drizzle-orm/node-postgres', or one on a PGlite.",
    );
  }
  // A transaction of PGlite ends by itself.
  if (typeof Reflect.get(client, 'release') !== 'function') return work();
  const lent = new LentConnection(client);
  Reflect.set(session, 'client', lent.facade);
  try {
    return await work();
  } finally {
    lent.end();
  }
}

function memberOf(owner: object | undefined, name: string): object | undefined {
  const value: unknown = owner === undefined ? undefined : Reflect.get(owner, name);
  return typeof value === 'object' && value !== null ? value : undefined;
}
