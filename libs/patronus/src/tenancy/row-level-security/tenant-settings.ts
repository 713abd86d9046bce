import { PatronusError } from '../../errors/patronus.error.js';
import { currentScope } from '../../identity/request-scope.js';
import type { TenantContext } from '../tenant-context.js';
import { quoteIdentifier } from './quote-identifier.js';
import type { TenantSchemaOptions } from './transaction.options.js';

/** Setting that the policies of row level security compare with. */
export const TENANT_SETTING = 'app.tenant_id';

/** Setting of PostgreSQL with its value, for the duration of one transaction. */
export type Setting = readonly [name: string, value: string];

/**
 * Returns the settings that describe the caller to the database: the tenant, the user (empty in a
 * job), and the roles of the credential, between commas.
 *
 * @throws {PatronusError} `tenant_required` if there is no tenant, `tenant_unknown` if it has no schema
 */
export function tenantSettings(
  tenant: TenantContext,
  { role, schema }: TenantSchemaOptions,
): readonly Setting[] {
  const tenantId = tenant.id;
  const identity = currentScope()?.identity;
  // A name that contains a comma would be read as two.
  const roles = identity?.roles.filter((name) => !name.includes(',')) ?? [];
  const settings: Setting[] = [
    [TENANT_SETTING, tenantId],
    ['app.user_id', identity?.id ?? ''],
    ['app.role', roles.join(',')],
  ];
  if (role !== undefined) settings.push(['role', role]);
  if (schema !== undefined) settings.push(['search_path', searchPath(schema(tenantId))]);
  return settings;
}

/**
 * Returns the search path with only the tenant's schema: if it lacks a table, or does not exist, no
 * other schema is searched. Temporary tables, which outlive a transaction, come last instead of
 * first.
 */
function searchPath(schema: string | undefined): string {
  if (schema === undefined) {
    throw new PatronusError('tenant_unknown', { reason: 'the option schema returned no schema' });
  }
  // PostgreSQL replaces it with the name of the role, quoted or not.
  if (schema === '$user')
    throw new PatronusError('tenant_unknown', { reason: '"$user" is not a schema' });
  return `${quoteIdentifier('schema', schema)}, pg_temp`;
}

/**
 * Returns one statement that applies the settings, with `$1`, `$2`, … for {@link settingValues}.
 */
export function setSettings(settings: readonly Setting[]): string {
  const calls = settings.map((_, at) => `set_config($${2 * at + 1}, $${2 * at + 2}, true)`);
  return `select ${calls.join(', ')}`;
}

export function settingValues(settings: readonly Setting[]): string[] {
  return settings.flat();
}
