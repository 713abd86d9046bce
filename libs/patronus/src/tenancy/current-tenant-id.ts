import { PatronusError } from '../errors/patronus.error.js';
import { RepeatedWarnings } from '../errors/repeated-warnings.js';
import { currentScope, type RequestScope } from '../identity/request-scope.js';
import { pathOf } from '../transport/path-of.js';

const warnings = new RepeatedWarnings();

/**
 * Returns the tenant of the running request or job.
 *
 * @throws {PatronusError} `tenant_required` if there is none.
 */
export function currentTenantId(): string {
  const scope = currentScope();
  if (scope?.tenantId !== undefined) return scope.tenantId;
  const reason = reasonFor(scope);
  if (scope !== undefined) {
    warnings.warn(reason, `tenant_required${placeOf(scope)}: ${reason}`);
  }
  throw new PatronusError('tenant_required', { reason, cause: new Error(reason) });
}

function placeOf({ response }: RequestScope): string {
  return response === undefined
    ? ''
    : ` at ${response.req.method ?? ''} ${pathOf(response.req.url)}`;
}

/** Explains why there is no tenant, with the remedy. */
function reasonFor(scope: RequestScope | undefined): string {
  if (scope === undefined) {
    return 'TenantContext.id was read outside of a request, or in a nestjs-cls store opened with ifNested: override: read it where the request is handled, or use TenantContext.run in a job.';
  }
  if (scope.isPublic) {
    return 'TenantContext.id was read on a @Public() route, where tokens are not read: use idOrNull there, or open the route with @OptionalAuth() instead.';
  }
  return 'TenantContext.id was read in a request without a tenant: use idOrNull if the route is @OptionalAuth() or @TenantOptional().';
}
