import { PatronusError } from '../errors/patronus.error.js';
import type { Identity } from '../identity/identity.js';
import { RequestScope } from '../identity/request-scope.js';

/** The scope of work that no request started. */
export function jobScope(
  work: Partial<Pick<RequestScope, 'identity' | 'tenantId' | 'tenantHeader' | 'crossing'>>,
): RequestScope {
  return new RequestScope(undefined, refuse).with({ ...work, presented: work.identity });
}

function refuse(): Promise<Identity> {
  return Promise.reject(new PatronusError('token_missing', { reason: 'a job has no credential' }));
}
