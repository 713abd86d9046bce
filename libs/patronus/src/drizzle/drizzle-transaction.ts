import { sql, type SQL } from 'drizzle-orm';
import { PatronusConfigurationError } from '../errors/configuration.error.js';
import { PatronusError } from '../errors/patronus.error.js';
import { type Setting, TENANT_SETTING } from '../tenancy/row-level-security/tenant-settings.js';

/** Members of a Drizzle transaction that are used here. */
export interface DrizzleTransaction {
  execute(query: SQL): PromiseLike<unknown>;
}

/** Applies the settings for the rest of the transaction. */
export async function makeSettings(
  transaction: DrizzleTransaction,
  settings: readonly Setting[],
): Promise<void> {
  const calls = settings.map(([name, value]) => sql`set_config(${name}, ${value}, true)`);
  await transaction.execute(sql`select ${sql.join(calls, sql`, `)}`);
}

/**
 * Applies the settings in a transaction that the caller opened, unless it already belongs to a
 * tenant.
 *
 * @throws {PatronusError} `tenant_mismatch` if it belongs to another tenant or user
 * @throws {PatronusConfigurationError} if it is not a transaction, in which the settings would end
 * at once
 */
export async function enterGiven(
  transaction: DrizzleTransaction,
  settings: readonly Setting[],
): Promise<void> {
  if (typeof Reflect.get(transaction, 'rollback') !== 'function') {
    throw new PatronusConfigurationError(
      'tenantDrizzle.join',
      'was given a database instead of a transaction.',
      'Give the argument of db.transaction(async (tx) => { … }).',
    );
  }
  const names = settings.flatMap(([name]) => (name.startsWith('app.') ? [name] : []));
  const reads = names.map((name) => sql`current_setting(${name}, true)`);
  const result = await transaction.execute(sql`select array[${sql.join(reads, sql`, `)}] as known`);
  const known = knownIn(result);
  const tenantId = known[names.indexOf(TENANT_SETTING)] ?? '';
  const isSame = settings.every(([name, value]) => {
    const at = names.indexOf(name);
    return name === 'app.role' || at < 0 || known[at] === value;
  });
  if (tenantId !== '' && !isSame) {
    const reason =
      'the given transaction belongs to another tenant or user: begin one for this tenant';
    throw new PatronusError('tenant_mismatch', { reason, cause: new Error(reason) });
  }
  await makeSettings(transaction, settings);
}

/** Returns the rows of a result. Drivers return a list of rows, or an object that holds it. */
function knownIn(result: unknown): readonly unknown[] {
  const rows: unknown = Array.isArray(result) ? result : Reflect.get(Object(result), 'rows');
  const row: unknown = Array.isArray(rows) ? rows[0] : undefined;
  const known: unknown = Reflect.get(Object(row), 'known');
  if (Array.isArray(known)) return known;
  throw new Error('The database did not say which tenant the transaction belongs to.');
}
