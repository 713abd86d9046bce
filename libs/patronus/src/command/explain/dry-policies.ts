import { ResourcePolicies } from '../../authorization/policies/resource-policies.js';
import type { PolicyRequirement } from '../../authorization/policies/policy-requirement.js';

/** Loads no resource. Says which policies would have been asked, since all else is met. */
export class DryPolicies extends ResourcePolicies {
  readonly unasked: string[] = [];

  override require(policies: readonly PolicyRequirement[]): Promise<true> {
    this.unasked.push(...policies.map(({ decorator }) => decorator));
    return Promise.resolve(true);
  }
}
