import { PatronusError } from '../errors/patronus.error.js';
import { currentScope } from '../identity/request-scope.js';

/**
 * The tenant of the running request or job.
 *
 * @throws {PatronusError} `tenant_required` where there is none.
 */
export function currentTenantId(): string {
  const scope = currentScope();
  if (scope?.tenantId !== undefined) return scope.tenantId;
  const remedy =
    scope === undefined
      ? 'TenantContext.id was read outside of a request: read it where the request is handled, or use TenantContext.run in a job.'
      : 'TenantContext.id was read in a request without a tenant: use idOrNull where a route is @Public(), @OptionalAuth() or @TenantOptional().';
  throw new PatronusError('tenant_required', { reason: remedy, cause: new Error(remedy) });
}
