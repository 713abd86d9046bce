import type { Identity } from '../identity/identity.js';
import type { Grants } from './grants.js';
import type { GrantRequirement } from './requirement.js';

const LISTED = 20;

/** Says, for operators, which requirement failed and what the caller held. Names only. */
export function explainDenial(
  requirement: GrantRequirement,
  grants: Grants,
  identity: Identity,
): string {
  const authority = requirement.kind === 'platform-permissions' ? grants.platform : grants.tenant;
  const held = `held roles ${list(authority.roles)}, permissions ${list([...authority.permissions])}`;
  if (requirement.kind === 'roles') return `needs roles ${list(requirement.roles)}; ${held}`;

  const names = requirement.permissions.map(({ name }) => name);
  const beyondScopes = requirement.permissions.filter(
    (needed) => !authority.isWithinScopes(needed),
  );
  const limit =
    beyondScopes.length === 0
      ? ''
      : `; scopes ${list(identity.scopes)} do not reach ${list(beyondScopes.map(({ name }) => name))}`;
  return `needs ${requirement.kind} ${list(names)}; ${held}${limit}`;
}

/** Says which scopes failed. */
export function explainMissingScopes(required: readonly string[], identity: Identity): string {
  return `needs scopes ${list(required)}; held ${list(identity.scopes)}`;
}

/** As JSON: a name out of a token may hold line breaks, which would forge lines of the log. */
function list(names: readonly string[]): string {
  const more = names.length > LISTED ? ` and ${names.length - LISTED} more` : '';
  return JSON.stringify(names.slice(0, LISTED)) + more;
}
