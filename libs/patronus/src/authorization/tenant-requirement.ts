import type { Identity } from '../identity/identity.js';

/** Requires a tenant of callers. The guards need no more of tenancy/, which asks for grants itself. */
export abstract class TenantRequirement {
  /**
   * Requires the tenant of a caller, if the application has tenants.
   *
   * @param isOptional - for routes with `@TenantOptional()`
   * @throws {PatronusError} `tenant_required`
   */
  abstract require(identity: Identity, tenantId: string | undefined, isOptional: boolean): void;
}
