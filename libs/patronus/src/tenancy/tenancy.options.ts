import type { Memberships } from './memberships.js';
import type { TenantDirectory } from './tenant-directory.js';

/** Source of a request's tenant. */
export interface TenancyOptions {
  /**
   * Claim that holds the tenant (`empresa_id`): a string, or a whole number. By default the tenant
   * that the identity provider itself names (`Identity.tenantId`).
   */
  readonly claim?: string | undefined;
  /**
   * Header that names the tenant. Without `memberships` it can only repeat the credential's tenant.
   * With `memberships` it chooses one. The same applies to `host` and `path`. If several name a
   * tenant, they must agree.
   */
  readonly header?: string | undefined;
  /** Host pattern that names the tenant: `{tenant}.example.com`. Other hosts name none. */
  readonly host?: string | undefined;
  /** Route parameter that names the tenant: `empresaId` for `/empresas/:empresaId/patients`. */
  readonly path?: string | undefined;
  /** Tenants that a caller can choose from: a claim with a list of them, or a look-up. */
  readonly memberships?: { readonly claim: string } | Memberships | undefined;
  /** Directory of the tenants that exist. Without it, every tenant of a credential exists. */
  readonly directory?: TenantDirectory | undefined;
  /** Platform permission for `TenantContext.crossTenant`. Default: `tenants.cross`. */
  readonly crossTenantPermission?: string | undefined;
}
