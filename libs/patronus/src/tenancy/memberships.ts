import type { Identity } from '../identity/identity.js';

/**
 * Returns the tenants that a caller belongs to. An abstract class: the type and the injection token
 * in one. An answer is cached for 30 seconds, or until `TenantLookups.forgetUser`.
 *
 * @example
 * class ClinicMemberships extends Memberships {
 *   constructor(private readonly staff: StaffRepository) { super(); }
 *   override tenantsOf({ id }: Identity) { return this.staff.clinicsOf(id); }
 * }
 */
export abstract class Memberships {
  abstract tenantsOf(identity: Identity): Promise<readonly string[]> | readonly string[];
}
