import { PatronusError } from '../errors/patronus.error.js';
import type { Identity } from './identity.js';
import { RequestScope } from './request-scope.js';

/** Returns the scope of work that no request started. */
export function jobScope(
  work: Partial<Pick<RequestScope, 'identity' | 'tenantId' | 'tenantHeader' | 'crossing'>>,
): RequestScope {
  return new RequestScope(undefined, refuse).with({ ...work, presented: work.identity });
}

function refuse(): Promise<Identity> {
  return Promise.reject(new PatronusError('token_missing', { reason: 'a job has no credential' }));
}

/**
 * Refuses work in a tenant from inside work for another tenant, or for a caller without one.
 *
 * @throws {PatronusError} `tenant_mismatch`
 */
export function refuseToCross(scope: RequestScope | undefined, tenantId: string | undefined): void {
  const isAnonymous = scope?.identity === undefined && scope?.tenantId === undefined;
  if (isAnonymous || scope.tenantId === tenantId) return;
  const reason = `this runs for ${scope.tenantId ?? 'a caller without a tenant'}, and ${tenantId ?? 'no tenant'} was asked for: use TenantContext.crossTenant`;
  throw new PatronusError('tenant_mismatch', { reason, cause: new Error(reason) });
}
