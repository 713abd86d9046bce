import type { Authority } from '../grants/authority.js';
import type { RequiredPermission } from '../grants/permission-matcher.js';
import type { FlatRole } from '../grants/role-graph.js';
import type { GrantTrail } from './explanation.js';

/**
 * Returns the ways in which an authority grants a permission, regardless of the scopes of the
 * token.
 */
export function trailsTo(authority: Authority, required: RequiredPermission): GrantTrail[] {
  const direct = required.candidates
    .filter((pattern) => authority.permissions.has(pattern))
    .map((pattern) => ({ pattern, through: [] }));
  const inherited = rolesOf(authority).flatMap(({ role, through }) =>
    required.candidates
      .filter((pattern) => role.own.includes(pattern))
      .map((pattern) => ({ pattern, through })),
  );
  return [...direct, ...inherited];
}

/** Returns the ways in which an authority has a role. */
export function trailsToRole(authority: Authority, name: string): GrantTrail[] {
  if (authority.roles.includes(name)) return [{ pattern: name, through: [] }];
  return rolesOf(authority)
    .filter(({ role }) => role.name === name)
    .map(({ through }) => ({ pattern: name, through }));
}

/** Returns every role that is held, once, with the shortest path to it. */
function rolesOf({ flatRoles }: Authority): { role: FlatRole; through: readonly string[] }[] {
  const seen = new Set<FlatRole>();
  const found: { role: FlatRole; through: readonly string[] }[] = [];
  let next = flatRoles.map((role) => ({ role, through: [role.name] }));
  while (next.length > 0) {
    const fresh = next.filter(({ role }) => !seen.has(role) && seen.add(role));
    found.push(...fresh);
    next = fresh.flatMap(({ role, through }) =>
      role.parents.map((parent) => ({ role: parent, through: [...through, parent.name] })),
    );
  }
  return found;
}
