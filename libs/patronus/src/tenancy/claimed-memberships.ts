import type { Identity } from '../identity/identity.js';
import { Memberships } from './memberships.js';
import { tenantIdOf } from './tenant-id.js';

/**
 * Reads memberships from a claim: a list of tenants' ids. Other values in the claim are ignored.
 */
export class ClaimedMemberships extends Memberships {
  constructor(private readonly claim: string) {
    super();
  }

  override tenantsOf({ claims }: Identity): readonly string[] {
    const value: unknown = Object.hasOwn(claims, this.claim) ? claims[this.claim] : undefined;
    const items: readonly unknown[] = Array.isArray(value) ? value : [];
    return items.map(tenantIdOf).filter((id) => id !== undefined);
  }
}
