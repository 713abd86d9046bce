import type { Identity } from '../../identity/identity.js';
import { holdsScopes, isOfCredential } from './credential-requirement.js';
import type { CredentialRequirement, ScopeRequirement } from './credential-requirement.js';
import type { Grants } from '../grants/grants.js';
import type { RequiredPermission } from '../grants/permission-matcher.js';
import type { PolicyRequirement } from '../policies/policy-requirement.js';

/** Authority that a requirement checks, and the number of its names that must be held. */
interface Asked {
  readonly authority: 'tenant' | 'platform';
  readonly match: 'all' | 'any';
}

/** Roles that the caller must hold. */
export interface RoleRequirement extends Asked {
  readonly kind: 'roles';
  readonly roles: readonly string[];
}

/** Permissions that the caller must be granted. */
export interface PermissionRequirement extends Asked {
  readonly kind: 'permissions';
  readonly permissions: readonly RequiredPermission[];
}

/** A requirement on the roles or permissions of the caller. */
export type GrantRequirement = RoleRequirement | PermissionRequirement;

/** One branch of an {@link AnyOfRequirement}. */
export type Alternative = GrantRequirement | ScopeRequirement;

/** At least one of the alternatives must be met. They may be of both authorities. */
export interface AnyOfRequirement {
  readonly kind: 'any-of';
  readonly alternatives: readonly Alternative[];
}

/**
 * A requirement for `@RequireAny()` and {@link Access}. Made by `permissions()`, `roles()`,
 * `platformPermissions()`, `platformRoles()`, `scopes()` and `anyOf()`.
 */
export type AccessRequirement = Alternative | AnyOfRequirement;

/** The requirement of one `@Require…` decorator, or of one policy of `@Authorize()`. */
export type Requirement = CredentialRequirement | AccessRequirement | PolicyRequirement;

/** Tells whether the caller's roles or permissions must be looked up to decide on a requirement. */
export function needsGrants(requirement: Requirement): boolean {
  if (requirement.kind === 'any-of') return requirement.alternatives.some(needsGrants);
  return !isOfCredential(requirement);
}

/** Tells whether the caller meets a requirement with these grants. */
export function isMet(requirement: AccessRequirement, grants: Grants, identity: Identity): boolean {
  if (requirement.kind === 'any-of') {
    return requirement.alternatives.some((one) => isMet(one, grants, identity));
  }
  if (requirement.kind === 'scopes') return holdsScopes(requirement.scopes, identity);
  return isGranted(requirement, grants);
}

/** Tells whether these grants meet a requirement on roles or permissions. */
export function isGranted(requirement: GrantRequirement, grants: Grants): boolean {
  const authority = grants[requirement.authority];
  if (requirement.kind === 'roles') {
    const { roles } = requirement;
    return requirement.match === 'all'
      ? roles.every((role) => authority.hasRole(role))
      : roles.some((role) => authority.hasRole(role));
  }
  const { permissions } = requirement;
  return requirement.match === 'all'
    ? permissions.every((permission) => authority.has(permission))
    : permissions.some((permission) => authority.has(permission));
}

/** Returns the names that a requirement asks for. */
export function namesIn(requirement: GrantRequirement): readonly string[] {
  if (requirement.kind === 'roles') return requirement.roles;
  return requirement.permissions.map(({ name }) => name);
}

/** Returns the scopes that a requirement names. */
export function scopesIn(requirement: Requirement): readonly string[] {
  if (requirement.kind === 'any-of') return requirement.alternatives.flatMap(scopesIn);
  return requirement.kind === 'scopes' ? requirement.scopes : [];
}

/**
 * Returns the code of a denial because of a requirement. Alternatives of different codes give
 * `permission_denied`.
 */
export function denialCodeOf(
  requirement: AccessRequirement,
): 'permission_denied' | 'role_denied' | 'scope_denied' {
  if (requirement.kind === 'any-of') {
    const [code = 'permission_denied', ...others] = new Set(
      requirement.alternatives.map(denialCodeOf),
    );
    return others.length === 0 ? code : 'permission_denied';
  }
  if (requirement.kind === 'roles') return 'role_denied';
  return requirement.kind === 'scopes' ? 'scope_denied' : 'permission_denied';
}
