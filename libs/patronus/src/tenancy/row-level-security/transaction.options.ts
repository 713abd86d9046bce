import { checkMembers } from '../../errors/check-option.js';
import { PatronusConfigurationError } from '../../errors/configuration.error.js';

/** Settings of a tenant's transactions. */
export interface TenantTransactionOptions {
  /**
   * Role to run as (`SET LOCAL ROLE`), if the connection's own bypasses row level security, as the
   * only user of an embedded database does. The connection's role must be a member of it. It
   * protects against mistakes, and not against a statement that says `RESET ROLE`.
   */
  readonly role?: string | undefined;
}

/** Settings of a tenant's transactions, if each tenant may have its own schema. */
export interface TenantSchemaOptions extends TenantTransactionOptions {
  /**
   * Returns the schema of a tenant, the only one in which names without a schema are looked up
   * (`SET LOCAL search_path`). Undefined for an unknown tenant, which is refused with
   * `tenant_unknown`. Statements must not name a schema themselves.
   */
  readonly schema?: ((tenantId: string) => string | undefined) | undefined;
}

/**
 * Checks the options.
 *
 * @param members - the options that the caller accepts
 * @throws {PatronusConfigurationError} if an option is not valid; names the option and the remedy
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
