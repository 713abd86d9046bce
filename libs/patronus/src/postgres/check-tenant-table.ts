import { PatronusConfigurationError } from '../errors/configuration.error.js';
import { boundToTenant, type TablePolicy } from './tenant-policy-shape.js';

/** Table with the tenant's column, as the catalogue describes it. */
export interface FoundTable {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly enabled: boolean;
  readonly forced: boolean;
  readonly truncates: boolean;
  readonly policies: readonly TablePolicy[];
}

/**
 * Checks one table.
 *
 * @throws {PatronusConfigurationError} if rows of the table are open to other tenants
 */
export function checkTenantTable(
  table: FoundTable,
  { schema, column, role }: { schema: string; column: string; role: string },
): void {
  const path = `${schema}.${table.name}`;
  const refuse = (problem: string, remedy: string): never => {
    throw new PatronusConfigurationError(path, problem, `${remedy}, or name it in \`except\`.`);
  };
  const migrate = `Run what tenantIsolationSql({ schema: '${schema}', table: '${table.name}', column: '${column}' }) returns`;
  if (table.kind === 'f') {
    refuse('is a foreign table, which has no row level security.', 'Keep its rows in a table here');
  }
  if (!table.enabled) refuse('has no row level security.', migrate);
  if (!table.forced) refuse('does not apply row level security to its owner.', migrate);
  if (!boundToTenant(table.policies, column)) {
    refuse(`has policies that do not bind every command to ${column} alone.`, migrate);
  }
  if (table.truncates) {
    refuse(
      `can be emptied by ${role} for all tenants at once: no policy applies to TRUNCATE.`,
      `Run \`revoke truncate on ${path} from ${role}\``,
    );
  }
}
