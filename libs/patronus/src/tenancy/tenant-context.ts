import { Injectable } from '@nestjs/common';
import { PatronusError } from '../errors/patronus.error.js';
import { currentScope } from '../identity/request-scope.js';

/**
 * The tenant of the running request. Inject it where the tenant matters: it follows promises,
 * streams and timers that the request starts.
 *
 * @example
 * class PatientsService {
 *   constructor(private readonly tenant: TenantContext) {}
 *   list() { return this.patients.findBy({ empresaId: this.tenant.id }); }
 * }
 */
@Injectable()
export class TenantContext {
  /**
   * The tenant's id.
   *
   * @throws {PatronusError} `tenant_required` where there is none.
   */
  get id(): string {
    const scope = currentScope();
    if (scope?.tenantId !== undefined) return scope.tenantId;
    const remedy =
      scope === undefined
        ? 'TenantContext.id was read outside of a request: read it where the request is handled, and pass it on.'
        : 'TenantContext.id was read in a request without a tenant: use idOrNull where a route is @Public(), @OptionalAuth() or @TenantOptional().';
    throw new PatronusError('tenant_required', { reason: remedy, cause: new Error(remedy) });
  }

  /** The tenant's id, or null where there is none. */
  get idOrNull(): string | null {
    return currentScope()?.tenantId ?? null;
  }
}
