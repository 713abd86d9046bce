import { PatronusConfigurationError } from '../../errors/configuration.error.js';
import { checkMembers } from '../../errors/check-option.js';

/** How a tenant's transactions run. */
export interface TenantTransactionOptions {
  /**
   * The role to run as (`SET LOCAL ROLE`), where the connection's own bypasses row level security,
   * as the only user of an embedded database does. The connection's role must be a member of it. It
   * guards against mistakes, and not against a statement that says `RESET ROLE`.
   */
  readonly role?: string | undefined;
}

/** @throws {PatronusConfigurationError} that names the option and the remedy */
export function readTransactionOptions(
  path: string,
  options: TenantTransactionOptions,
): string | undefined {
  checkMembers(path, options, ['role']);
  const { role } = options;
  if (role === undefined || (typeof role === 'string' && role !== '' && role !== 'none')) {
    return role;
  }
  throw new PatronusConfigurationError(
    `${path}.role`,
    'is not the name of a role.',
    'Name one that does not bypass row level security, or leave it out.',
  );
}
