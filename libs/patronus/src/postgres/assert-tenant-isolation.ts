import { checkMembers } from '../errors/check-option.js';
import { PatronusConfigurationError } from '../errors/configuration.error.js';
import { BYPASSING_ROLES, OPEN_VIEWS, TENANT_TABLES } from './catalogue-queries.js';
import { checkTenantTable, type FoundTable } from './check-tenant-table.js';

/** Options of {@link assertTenantIsolation}. */
export interface TenantIsolationOptions {
  /** Schema to check. Default: `public`. */
  readonly schema?: string | undefined;
  /** Column that holds the tenant's id in each table to check. Default: `tenant_id`. */
  readonly column?: string | undefined;
  /** Value of `role` of the transactions, if they set one. By default the connection's own role. */
  readonly role?: string | undefined;
  /** Tables (`patients`) and views (`public.patient_names`) that are shared by all tenants. */
  readonly except?: readonly string[] | undefined;
}

/** Members of a pool, a connection or a PGlite that are used here. */
export interface Queryable {
  query<Row>(text: string, params?: unknown[]): Promise<FoundRows<Row>>;
}

interface FoundRows<Row> {
  readonly rows: Row[];
}

/**
 * Asserts, when an application starts, that the database separates tenants: the role does not
 * bypass row level security, nor can it become one that does; row level security applies to each
 * table with the tenant's column, partitions included, and to its owner; its policies for the role,
 * and for each role that it can become, compare the column with the tenant and nothing else; and no
 * view bypasses them.
 *
 * Functions that are `security definer` need a review: they cannot be checked from here.
 *
 * @throws {PatronusConfigurationError} if a table is not isolated; names the table and the remedy
 * @example
 * export class DatabaseModule implements OnModuleInit {
 *   onModuleInit() { return assertTenantIsolation(this.pool, { column: 'empresa_id' }); }
 * }
 */
export async function assertTenantIsolation(
  database: Queryable,
  options: TenantIsolationOptions = {},
): Promise<void> {
  checkMembers('assertTenantIsolation', options, ['schema', 'column', 'role', 'except']);
  const { schema = 'public', column = 'tenant_id', except = [] } = options;
  const role = options.role ?? (await ownRole(database));
  await refuseBypass(database, role);
  const { rows } = await database.query<FoundTable>(TENANT_TABLES, [schema, column, role]);
  if (rows.length === 0) {
    throw new PatronusConfigurationError(
      `${schema}.*.${column}`,
      'is not a column of any table.',
      'Name the schema and the column of your tables, and migrate before you assert.',
    );
  }
  const tables = rows.filter(({ name }) => !except.includes(name));
  for (const table of tables) checkTenantTable(table, { schema, column, role });
  await refuseOpenViews(database, tables, except);
}

async function ownRole(database: Queryable): Promise<string> {
  const { rows } = await database.query<{ name: string }>('select current_user::text as name');
  return rows[0]?.name ?? '';
}

async function refuseBypass(database: Queryable, role: string): Promise<void> {
  const [bypassing] = (await database.query<{ name: string }>(BYPASSING_ROLES, [role])).rows;
  if (bypassing === undefined) return;
  throw new PatronusConfigurationError(
    `role ${role}`,
    bypassing.name === role
      ? 'bypasses row level security.'
      : `can become ${bypassing.name}, which bypasses row level security.`,
    'Connect as a separate role, created by `create role … login nosuperuser nobypassrls`.',
  );
}

async function refuseOpenViews(
  database: Queryable,
  tables: readonly FoundTable[],
  except: readonly string[],
): Promise<void> {
  const ids = `{${tables.map(({ id }) => id).join(',')}}`;
  const { rows } = await database.query<{ name: string; kind: string }>(OPEN_VIEWS, [ids]);
  const view = rows.find(({ name }) => !except.includes(name));
  if (view === undefined) return;
  throw view.kind === 'm'
    ? new PatronusConfigurationError(
        view.name,
        'is a materialized view of rows of all tenants.',
        'Make it a table with policies, or name it in `except`.',
      )
    : new PatronusConfigurationError(
        view.name,
        'is a view that reads rows with the rights of its owner.',
        `Run \`alter view ${view.name} set (security_invoker = true)\`, or name it in \`except\`.`,
      );
}
