import { checkMembers } from '../errors/check-option.js';
import { PatronusConfigurationError } from '../errors/configuration.error.js';
import { TENANT_SETTING } from '../tenancy/row-level-security/tenant-settings.js';
import { quoteIdentifier } from '../tenancy/row-level-security/quote-identifier.js';

/** Table whose rows belong to tenants. */
export interface TenantTable {
  readonly table: string;
  /** Schema of the table. By default the first one of the `search_path` that has the table. */
  readonly schema?: string | undefined;
  /** Column that holds the tenant's id. Default: `tenant_id`. */
  readonly column?: string | undefined;
  /** Type of the column. Default: `text`. */
  readonly type?: 'text' | 'uuid' | 'bigint' | undefined;
  /**
   * True if an `insert` that leaves the column out writes the tenant's id there. Default: false.
   */
  readonly fillIn?: boolean | undefined;
}

const MEMBERS = ['table', 'schema', 'column', 'type', 'fillIn'];
const TYPES = ['text', 'uuid', 'bigint'];

/**
 * Returns SQL for a migration, which can run again. After it, no role can read or write a row of
 * another tenant in the table, including the owner of the table, and no role any row at all outside
 * of a tenant's transaction.
 *
 * It creates two policies. PostgreSQL needs a permissive one, and joins permissive policies with
 * OR, so that a policy added later could open the table. It joins restrictive ones with AND.
 *
 * A migration must cover what row level security does not: `TRUNCATE` (`revoke` it), foreign keys
 * (they see all rows: use two columns, `(tenant_id, patient_id)`), unique keys (they reveal that
 * another tenant has the value: begin them with the tenant), partitions that are addressed by their
 * own name (give each its policies). An index that begins with the column keeps queries fast.
 *
 * @throws {PatronusConfigurationError} if an option is not valid
 * @example
 * await client.query(tenantIsolationSql({ table: 'patients', column: 'empresa_id', type: 'uuid' }));
 */
export function tenantIsolationSql(options: TenantTable): string {
  const path = 'tenantIsolationSql';
  checkMembers(path, options, MEMBERS);
  const { type = 'text', fillIn = false } = options;
  if (!TYPES.includes(type)) {
    throw new PatronusConfigurationError(
      `${path}.type`,
      'is not a supported type.',
      `Give one of ${TYPES.join(', ')}.`,
    );
  }
  const name = quoteIdentifier(`${path}.table`, options.table);
  const schema =
    options.schema === undefined ? '' : `${quoteIdentifier(`${path}.schema`, options.schema)}.`;
  const table = `${schema}${name}`;
  const column = quoteIdentifier(`${path}.column`, options.column ?? 'tenant_id');
  const tenant = `nullif(current_setting('${TENANT_SETTING}', true), '')::${type}`;
  const policy = (policyName: string, kind: string): string =>
    `drop policy if exists ${policyName} on ${table};
create policy ${policyName} on ${table} as ${kind} for all to public
  using (${column} = ${tenant})
  with check (${column} = ${tenant});
`;
  return `alter table ${table} enable row level security;
alter table ${table} force row level security;
${policy('patronus_tenant_only', 'restrictive')}${policy('patronus_tenant', 'permissive')}${
    fillIn ? `alter table ${table} alter column ${column} set default ${tenant};\n` : ''
  }`;
}
