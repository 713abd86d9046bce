/** Status of a tenant in a directory. */
export type TenantStatus = 'active' | 'disabled';

/**
 * Looks up the tenants that exist. An abstract class: the type and the injection token in one. An
 * answer is cached for 30 seconds, or until `TenantLookups.forgetTenant`.
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
  /** Returns the status of a tenant. Undefined if there is no such tenant. */
  abstract find(tenantId: string): Promise<TenantStatus | undefined> | TenantStatus | undefined;
}
