import type { ValueProvider } from '@nestjs/common';
import { PatronusConfigurationError } from '../../errors/configuration.error.js';
import type { Identity } from '../../identity/identity.js';
import { jobScope } from '../../identity/job-scope.js';
import { currentScope, runInScope } from '../../identity/request-scope.js';
import { TenantContext } from '../../tenancy/tenant-context.js';
import { isTenantId } from '../../tenancy/tenant-id.js';
import { TenantPolicy } from '../../tenancy/tenant-policy.js';

/**
 * Provides a `TenantContext` for a unit test of a class that injects it, without `PatronusModule`.
 * It behaves as in a request of that tenant: `run` and `runAs` refuse another tenant, `crossTenant`
 * is allowed.
 *
 * @param tenantId - the tenant of the request, or null for a request or a job without one
 * @throws {PatronusConfigurationError} if `tenantId` is not the id of a tenant
 * @example
 * const module = await Test.createTestingModule({
 *   providers: [PatientsService, provideTenant('norte')],
 * }).compile();
 */
export function provideTenant(tenantId: string | null): ValueProvider<TenantContext> {
  if (tenantId !== null && !isTenantId(tenantId)) {
    throw new PatronusConfigurationError(
      'provideTenant',
      'was given something that is not the id of a tenant.',
      "Give an id such as 'norte', or null for no tenant.",
    );
  }
  return { provide: TenantContext, useValue: new TenantContextOfTest(tenantId) };
}

class TenantContextOfTest extends TenantContext {
  constructor(private readonly tenantId: string | null) {
    super(new TenantPolicy({}), {
      open: ({ reason, to }) => Promise.resolve(jobScope({ tenantId: to, crossing: reason })),
    });
  }

  override get id(): string {
    return this.#inRequest(() => super.id);
  }

  override get idOrNull(): string | null {
    return this.#inRequest(() => super.idOrNull);
  }

  override run<Result>(tenantId: string, work: () => Result): Result {
    return this.#inRequest(() => super.run(tenantId, work));
  }

  override runAs<Result>(identity: Identity, work: () => Result): Result {
    return this.#inRequest(() => super.runAs(identity, work));
  }

  /** Runs `work` in the request. Inside of `run` and similar methods, their tenant applies. */
  #inRequest<Result>(work: () => Result): Result {
    if (this.tenantId === null || currentScope() !== undefined) return work();
    return runInScope(jobScope({ tenantId: this.tenantId }), work);
  }
}
