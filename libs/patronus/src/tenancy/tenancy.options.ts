import type { Memberships } from './memberships.js';
import type { TenantDirectory } from './tenant-directory.js';

/** Where a request's tenant comes from. */
export interface TenancyOptions {
  /**
   * The claim that holds the tenant (`empresa_id`): a string, or a whole number. Left out, it is
   * the tenant that the identity provider itself names (`Identity.tenantId`).
   */
  readonly claim?: string | undefined;
  /**
   * A header that names the tenant. Without `memberships` it can only repeat the credential's; with
   * them it chooses one. The same holds for `host` and `path`; where several are there, they agree.
   */
  readonly header?: string | undefined;
  /** How the host names the tenant: `{tenant}.example.com`. Other hosts name none. */
  readonly host?: string | undefined;
  /** The route parameter that names the tenant: `empresaId` for `/empresas/:empresaId/patients`. */
  readonly path?: string | undefined;
  /** Which tenants a caller can choose from: a claim with a list of them, or who knows. */
  readonly memberships?: { readonly claim: string } | Memberships | undefined;
  /** Which tenants exist. Left out, every tenant of a credential does. */
  readonly directory?: TenantDirectory | undefined;
  /** The platform permission for `TenantContext.crossTenant`; `tenants.cross` unless told. */
  readonly crossTenantPermission?: string | undefined;
}
