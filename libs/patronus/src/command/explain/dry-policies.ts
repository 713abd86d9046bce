import { ResourcePolicies } from '../../authorization/policies/resource-policies.js';
import type { PolicyRequirement } from '../../authorization/policies/policy-requirement.js';

/**
 * Loads no resource. Reports the policies that would have run, as every other requirement is met.
 */
export class DryPolicies extends ResourcePolicies {
  readonly unasked: string[] = [];

  override require(policies: readonly PolicyRequirement[]): Promise<true> {
    this.unasked.push(...policies.map(({ decorator }) => decorator));
    return Promise.resolve(true);
  }
}
