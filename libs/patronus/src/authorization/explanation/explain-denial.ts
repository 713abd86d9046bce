import { PatronusError } from '../../errors/patronus.error.js';
import type { Identity } from '../../identity/identity.js';
import type { Grants } from '../grants/grants.js';
import { listNames } from './list-names.js';
import {
  denialCodeOf,
  namesIn,
  scopesIn,
  type AccessRequirement,
  type GrantRequirement,
} from '../rules/requirement.js';

/** Returns the denial for a requirement that is not met. It names the scopes that would suffice. */
export function denialOf(
  requirement: AccessRequirement,
  grants: Grants,
  identity: Identity,
): PatronusError {
  const reason = explainDenial(requirement, grants, identity);
  const scopes = [...new Set(scopesIn(requirement))];
  return new PatronusError(denialCodeOf(requirement), { reason, scopes });
}

/**
 * Explains to operators which requirement failed and which grants the caller has. Holds names only.
 */
export function explainDenial(
  requirement: AccessRequirement,
  grants: Grants,
  identity: Identity,
): string {
  if (requirement.kind === 'any-of') {
    return requirement.alternatives
      .map((one) => explainDenial(one, grants, identity))
      .join('; or ');
  }
  if (requirement.kind === 'scopes') {
    return `needs scopes ${listNames(requirement.scopes)}; held ${listNames(identity.scopes)}`;
  }
  const { roles, permissions } = grants[requirement.authority];
  const needed = `needs ${kindOf(requirement)} ${listNames(namesIn(requirement))}`;
  const held = `held roles ${listNames(roles)}, permissions ${listNames([...permissions])}`;
  return `${needed}; ${held}${limitOf(requirement, grants, identity)}`;
}

/** Returns the kind in words: `permissions`, `one of the platform roles`. */
function kindOf({ kind, authority, match }: GrantRequirement): string {
  const what = authority === 'platform' ? `platform ${kind}` : kind;
  return match === 'any' ? `one of the ${what}` : what;
}

function limitOf(requirement: GrantRequirement, grants: Grants, { scopes }: Identity): string {
  if (requirement.kind === 'roles') return '';
  const authority = grants[requirement.authority];
  const beyond = requirement.permissions.filter((needed) => !authority.isWithinScopes(needed));
  if (beyond.length === 0) return '';
  const names = listNames(beyond.map(({ name }) => name));
  return `; scopes ${listNames(scopes)} do not reach ${names}`;
}
