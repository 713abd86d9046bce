import { PatronusConfigurationError } from '../../errors/configuration.error.js';
import type { Permission, PlatformPermission, PlatformRole, Role } from '../catalogue.js';
import type { ScopeRequirement } from './credential-requirement.js';
import {
  readListed,
  readRequiredPermissions,
  readRequiredRoles,
  readRequiredScopes,
  type Names,
} from './required-names.js';
import type {
  AccessRequirement,
  Alternative,
  AnyOfRequirement,
  PermissionRequirement,
  RoleRequirement,
} from './requirement.js';

/**
 * Requires every one of these permissions inside the tenant.
 *
 * @throws {PatronusConfigurationError} on a wildcard or a malformed name
 * @example
 * await this.access.has(permissions('patients.read'))
 */
export function permissions(...all: Names<Permission>): PermissionRequirement {
  return permissionsIn('tenant', 'all', 'permissions', all);
}

/**
 * Requires every one of these roles inside the tenant. A role that inherits a named one counts.
 *
 * @throws {PatronusConfigurationError} on an empty name or a wildcard
 * @example
 * @Get() @RequireAny(roles('doctor'), platformRoles('STAFF')) list() {}
 */
export function roles(...all: Names<Role>): RoleRequirement {
  return rolesIn('tenant', 'all', 'roles', all);
}

/**
 * Requires every one of these permissions over the whole system. Permissions inside a tenant never
 * count.
 *
 * @throws {PatronusConfigurationError} on a wildcard or a malformed name
 */
export function platformPermissions(...all: Names<PlatformPermission>): PermissionRequirement {
  return permissionsIn('platform', 'all', 'platformPermissions', all);
}

/**
 * Requires every one of these roles over the whole system. Roles inside a tenant never count.
 *
 * @throws {PatronusConfigurationError} on an empty name or a wildcard
 */
export function platformRoles(...all: Names<PlatformRole>): RoleRequirement {
  return rolesIn('platform', 'all', 'platformRoles', all);
}

/**
 * Requires every one of these OAuth scopes on the token. To require one of several scopes, list
 * each as an alternative: `anyOf(scopes('read'), scopes('admin'))`.
 *
 * @throws {PatronusConfigurationError} on an empty name, or several in one text
 */
export function scopes(...all: Names<string>): ScopeRequirement {
  return { kind: 'scopes', scopes: readRequiredScopes('scopes', all) };
}

/**
 * Requires at least one of these requirements, of either authority.
 *
 * @throws {PatronusConfigurationError} if there is none, or one is not a requirement
 * @example
 * await this.access.require(anyOf(permissions('patients.write'), platformRoles('STAFF')))
 */
export function anyOf(...alternatives: Names<AccessRequirement>): AnyOfRequirement {
  return anyOfThese('anyOf', alternatives);
}

/**
 * Makes a requirement on permissions.
 *
 * @param caller - the decorator or function that the names were given to, for error messages
 */
export function permissionsIn(
  authority: PermissionRequirement['authority'],
  match: PermissionRequirement['match'],
  caller: string,
  given: readonly unknown[],
): PermissionRequirement {
  const required = readRequiredPermissions(caller, given);
  return { kind: 'permissions', authority, match, permissions: required };
}

export function rolesIn(
  authority: RoleRequirement['authority'],
  match: RoleRequirement['match'],
  caller: string,
  given: readonly unknown[],
): RoleRequirement {
  return { kind: 'roles', authority, match, roles: readRequiredRoles(caller, given) };
}

export function anyOfThese(caller: string, given: readonly unknown[]): AnyOfRequirement {
  const alternatives = readListed(caller, given).flatMap((one): readonly Alternative[] => {
    const requirement = checkRequirement(caller, one);
    return requirement.kind === 'any-of' ? requirement.alternatives : [requirement];
  });
  return { kind: 'any-of', alternatives };
}

const KINDS: ReadonlySet<unknown> = new Set<AccessRequirement['kind']>([
  'permissions',
  'roles',
  'scopes',
  'any-of',
]);

/**
 * Returns a requirement unchanged.
 *
 * @throws {PatronusConfigurationError} if `value` is not a requirement, such as the name of a role
 */
export function checkRequirement(caller: string, value: unknown): AccessRequirement {
  if (isRequirement(value)) return value;
  const text = typeof value === 'string' ? `'${value}'` : String(value);
  throw new PatronusConfigurationError(
    `${caller}()`,
    `${text} is not a requirement.`,
    "Make one with permissions('patients.read'), roles(), platformPermissions(), platformRoles(), scopes() or anyOf().",
  );
}

function isRequirement(value: unknown): value is AccessRequirement {
  return typeof value === 'object' && value !== null && 'kind' in value && KINDS.has(value.kind);
}
