import { checkMembers } from '../../errors/check-option.js';
import { PatronusConfigurationError } from '../../errors/configuration.error.js';

/** How a tenant's transactions run. */
export interface TenantTransactionOptions {
  /**
   * The role to run as (`SET LOCAL ROLE`), where the connection's own bypasses row level security,
   * as the only user of an embedded database does. The connection's role must be a member of it. It
   * guards against mistakes, and not against a statement that says `RESET ROLE`.
   */
  readonly role?: string | undefined;
}

/** How a tenant's transactions run, if each tenant may have a schema of its own. */
export interface TenantSchemaOptions extends TenantTransactionOptions {
  /**
   * Returns the schema of a tenant: the only one in which names without a schema are looked up (`SET
   * LOCAL search_path`). Undefined for a tenant that is not known, which is refused with
   * `tenant_unknown`. Statements must not name a schema themselves.
   */
  readonly schema?: ((tenantId: string) => string | undefined) | undefined;
}

/**
 * @param members - the options that the caller takes
 * @throws {PatronusConfigurationError} that names the option and the remedy
 */
export function readTransactionOptions(
  path: string,
  options: TenantSchemaOptions,
  members: readonly (keyof TenantSchemaOptions)[] = ['role'],
): TenantSchemaOptions {
  checkMembers(path, options, members);
  const { role, schema } = options;
  if (role !== undefined && (typeof role !== 'string' || role === '' || role === 'none')) {
    throw new PatronusConfigurationError(
      `${path}.role`,
      'is not the name of a role.',
      'Name one that does not bypass row level security, or leave it out.',
    );
  }
  if (schema === undefined || typeof schema === 'function') return { role, schema };
  throw new PatronusConfigurationError(
    `${path}.schema`,
    'is not a function.',
    'Give (tenantId) => the name of its schema, or leave it out.',
  );
}
