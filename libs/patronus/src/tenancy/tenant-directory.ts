/** What a directory knows of a tenant. */
export type TenantStatus = 'active' | 'disabled';

/**
 * Which tenants exist. An abstract class: the type and the injection token in one. An answer counts
 * for half a minute, or until `TenantLookups.forgetTenant`.
 *
 * @example
 * class Clinics extends TenantDirectory {
 *   constructor(private readonly clinics: ClinicsRepository) { super(); }
 *   override async find(tenantId: string) {
 *     const clinic = await this.clinics.findById(tenantId);
 *     return clinic && (clinic.closed ? 'disabled' : 'active');
 *   }
 * }
 */
export abstract class TenantDirectory {
  /** Undefined where there is no such tenant. */
  abstract find(tenantId: string): Promise<TenantStatus | undefined> | TenantStatus | undefined;
}
