import { PatronusConfigurationError } from '../errors/configuration.error.js';
import { requireTexts } from '../errors/require-option.js';
import type { ClosablePool, TenantPools } from '../tenancy/tenant-pools.js';
import type { Queryable } from './assert-tenant-isolation.js';
import { SCHEMA_CROSSINGS } from './catalogue-queries.js';

/**
 * Asserts, when an application starts, that tenants with a schema each are separate: each tenant
 * has its own schema, the schema exists, and nothing in it refers to the schema of another one: no
 * view, no foreign key, no inheritance and no partition.
 *
 * Statements that name a schema, and functions, need a review: they cannot be checked from here.
 *
 * @param schemaOf - the option `schema` of `TenantDatabase`
 * @throws {PatronusConfigurationError} if they are not separate; names the schema and the remedy
 * @example
 * await assertSchemaIsolation(pool, (tenantId) => schemas.get(tenantId), [...schemas.keys()]);
 */
export async function assertSchemaIsolation(
  database: Queryable,
  schemaOf: (tenantId: string) => string | undefined,
  tenantIds: readonly string[],
): Promise<void> {
  const schemas = new Map<string, string>();
  for (const tenantId of requireTenants('assertSchemaIsolation', tenantIds)) {
    const schema = schemaOf(tenantId);
    if (schema === undefined) throw mistake(tenantId, 'has no schema.', 'Name one for it');
    refuseSecond(schemas, schema, tenantId, 'the schema');
  }
  const names = [...schemas.keys()];
  const { rows } = await database.query<{ name: string }>(
    'select nspname::text as name from pg_namespace where nspname = any($1::text[])',
    [names],
  );
  const missing = names.find((schema) => !rows.some(({ name }) => name === schema));
  if (missing !== undefined) {
    throw mistake(`schema ${missing}`, 'does not exist.', 'Migrate the tenant before you assert');
  }
  const [crossing] = (await database.query<Crossing>(SCHEMA_CROSSINGS, [names])).rows;
  if (crossing === undefined) return;
  throw mistake(
    `${crossing.schema}.${crossing.name}`,
    `leads into the schema ${crossing.other} of another tenant, by a ${crossing.kind}.`,
    'Drop it',
  );
}

interface Crossing {
  readonly schema: string;
  readonly name: string;
  readonly kind: string;
  readonly other: string;
}

/**
 * Asserts, when an application starts, that tenants with a database each are separate: the pools of
 * the tenants connect to different databases. Opens and closes pools as `TenantPools` does.
 *
 * @throws {PatronusConfigurationError} if two tenants have one database; names both
 * @throws {PatronusError} `tenant_unknown`, `provider_unavailable`
 * @example
 * await assertDatabaseIsolation(pools, ['norte', 'sur']);
 */
export async function assertDatabaseIsolation(
  pools: TenantPools<ClosablePool & Queryable>,
  tenantIds: readonly string[],
): Promise<void> {
  const databases = new Map<string, string>();
  for (const tenantId of requireTenants('assertDatabaseIsolation', tenantIds)) {
    const { rows } = await pools.use(tenantId, (pool) =>
      pool.query<{ database: string }>(
        `select d.oid || ' of ' || s.system_identifier as database
         from pg_control_system() s, pg_database d where d.datname = current_database()`,
      ),
    );
    const database = rows[0]?.database;
    if (database === undefined) throw mistake(tenantId, 'has no database.', 'Connect to one');
    refuseSecond(databases, database, tenantId, 'the database');
  }
}

function requireTenants(path: string, tenantIds: readonly string[]): ReadonlySet<string> {
  return new Set(requireTexts(`${path}.tenantIds`, tenantIds, 'List the ids of your tenants.'));
}

function refuseSecond(
  owners: Map<string, string>,
  place: string,
  tenantId: string,
  what: string,
): void {
  const owner = owners.get(place);
  owners.set(place, tenantId);
  if (owner === undefined) return;
  throw mistake(tenantId, `has ${what} of ${owner}.`, 'Give each tenant its own');
}

function mistake(path: string, problem: string, remedy: string): PatronusConfigurationError {
  return new PatronusConfigurationError(path, problem, `${remedy}.`);
}
