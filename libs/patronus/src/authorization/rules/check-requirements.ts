import type { Identity } from '../../identity/identity.js';
import type { RequestScope } from '../../identity/request-scope.js';
import { isOfCredential, requireOfCredential } from './credential-requirement.js';
import { denialOf } from '../explanation/explain-denial.js';
import { Grants } from '../grants/grants.js';
import type { GrantsResolver } from '../grants/grants-resolver.js';
import { isPolicy } from '../policies/policy-requirement.js';
import { isMet, type Requirement } from './requirement.js';
import type { RouteRule } from './route-rule.js';

/** The requirements of a route, or of one call of `Access`. */
export type Requirements = Pick<RouteRule, 'requirements' | 'needsGrants'>;

/**
 * Checks every requirement that does not concern a resource: first those on the credential, then
 * those on the caller's grants. Synchronous if the grants are cached or not needed.
 *
 * @returns the grants that the decision is based on
 * @throws {PatronusError} the denial of the first requirement that is not met, or
 * `provider_unavailable` if the permission source fails
 */
export function checkRequirements(
  { requirements, needsGrants }: Requirements,
  identity: Identity,
  { proven, tenantId, crossing }: RequestScope,
  resolver: GrantsResolver,
): Grants | Promise<Grants> {
  requireOfCredential(requirements, identity, proven);
  if (!needsGrants) return requireGrants(requirements, Grants.NONE, identity);
  const grants = resolver.grantsOf({ identity, tenantId, crossing });
  if (!(grants instanceof Promise)) return requireGrants(requirements, grants, identity);
  return grants.then((known) => requireGrants(requirements, known, identity));
}

function requireGrants(
  requirements: readonly Requirement[],
  grants: Grants,
  identity: Identity,
): Grants {
  for (const requirement of requirements) {
    if (isOfCredential(requirement) || isPolicy(requirement)) continue;
    if (!isMet(requirement, grants, identity)) throw denialOf(requirement, grants, identity);
  }
  return grants;
}
