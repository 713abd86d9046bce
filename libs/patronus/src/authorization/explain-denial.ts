import type { Identity } from '../identity/identity.js';
import type { Grants } from './grants.js';
import { listNames } from './list-names.js';
import type { GrantRequirement } from './requirement.js';

/** Says, for operators, which requirement failed and what the caller held. Names only. */
export function explainDenial(
  requirement: GrantRequirement,
  grants: Grants,
  identity: Identity,
): string {
  const authority = requirement.kind === 'platform-permissions' ? grants.platform : grants.tenant;
  const held = `held roles ${listNames(authority.roles)}, permissions ${listNames([...authority.permissions])}`;
  if (requirement.kind === 'roles') return `needs roles ${listNames(requirement.roles)}; ${held}`;

  const names = requirement.permissions.map(({ name }) => name);
  const beyondScopes = requirement.permissions.filter(
    (needed) => !authority.isWithinScopes(needed),
  );
  const limit =
    beyondScopes.length === 0
      ? ''
      : `; scopes ${listNames(identity.scopes)} do not reach ${listNames(beyondScopes.map(({ name }) => name))}`;
  return `needs ${requirement.kind} ${listNames(names)}; ${held}${limit}`;
}
