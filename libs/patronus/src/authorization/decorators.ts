import type { Permission, PlatformPermission, PlatformRole, Role } from './catalogue.js';
import { readRequiredScopes, type Names } from './required-names.js';
import type { AccessRequirement } from './requirement.js';
import { anyOfThese, permissionsIn, rolesIn } from './requirements.js';
import { routeMark, type RouteDecorator } from './route-mark.js';

/**
 * Asks for every one of these permissions inside the tenant, granted exactly or by a pattern. On a
 * controller it holds for each handler, besides what the handler asks for itself.
 *
 * @throws {PatronusConfigurationError} on a wildcard, a malformed name or an empty list
 * @example
 * @Get() @RequirePermissions('patients.read') list() {}
 */
export function RequirePermissions(...all: Names<Permission>): RouteDecorator {
  return routeMark(permissionsIn('tenant', 'all', '@RequirePermissions', all));
}

/**
 * Asks for at least one of these permissions inside the tenant.
 *
 * @throws {PatronusConfigurationError} on a wildcard, a malformed name or an empty list
 * @example
 * @Get() @RequireAnyPermission('patients.read', 'patients.audit') list() {}
 */
export function RequireAnyPermission(...any: Names<Permission>): RouteDecorator {
  return routeMark(permissionsIn('tenant', 'any', '@RequireAnyPermission', any));
}

/**
 * Asks for every one of these permissions over the whole system. Permissions inside a tenant, even
 * `*`, never count.
 *
 * @throws {PatronusConfigurationError} on a wildcard, a malformed name or an empty list
 * @example
 * @Get() @RequirePlatformPermissions('tenants.read') tenants() {}
 */
export function RequirePlatformPermissions(...all: Names<PlatformPermission>): RouteDecorator {
  return routeMark(permissionsIn('platform', 'all', '@RequirePlatformPermissions', all));
}

/**
 * Asks for at least one of these permissions over the whole system. Permissions inside a tenant never
 * count.
 *
 * @throws {PatronusConfigurationError} on a wildcard, a malformed name or an empty list
 * @example
 * @Get() @RequireAnyPlatformPermission('tenants.read', 'tenants.audit') tenants() {}
 */
export function RequireAnyPlatformPermission(...any: Names<PlatformPermission>): RouteDecorator {
  return routeMark(permissionsIn('platform', 'any', '@RequireAnyPlatformPermission', any));
}

/**
 * Asks for every one of these roles inside the tenant. A role that inherits a named one counts.
 * Prefer a permission: it still fits when roles are cut differently.
 *
 * @throws {PatronusConfigurationError} on an empty name, a wildcard or an empty list
 * @example
 * @Delete(':id') @RequireRoles('doctor') remove() {}
 */
export function RequireRoles(...all: Names<Role>): RouteDecorator {
  return routeMark(rolesIn('tenant', 'all', '@RequireRoles', all));
}

/**
 * Asks for at least one of these roles inside the tenant. A role that inherits a named one counts.
 *
 * @throws {PatronusConfigurationError} on an empty name, a wildcard or an empty list
 * @example
 * @Get() @RequireAnyRole('doctor', 'nurse') list() {}
 */
export function RequireAnyRole(...any: Names<Role>): RouteDecorator {
  return routeMark(rolesIn('tenant', 'any', '@RequireAnyRole', any));
}

/**
 * Asks for every one of these roles over the whole system. Roles inside a tenant never count.
 *
 * @throws {PatronusConfigurationError} on an empty name, a wildcard or an empty list
 * @example
 * @Get() @RequirePlatformRoles('STAFF') tenants() {}
 */
export function RequirePlatformRoles(...all: Names<PlatformRole>): RouteDecorator {
  return routeMark(rolesIn('platform', 'all', '@RequirePlatformRoles', all));
}

/**
 * Asks for at least one of these roles over the whole system. Roles inside a tenant never count.
 *
 * @throws {PatronusConfigurationError} on an empty name, a wildcard or an empty list
 * @example
 * @Get() @RequireAnyPlatformRole('STAFF', 'AUDITOR') tenants() {}
 */
export function RequireAnyPlatformRole(...any: Names<PlatformRole>): RouteDecorator {
  return routeMark(rolesIn('platform', 'any', '@RequireAnyPlatformRole', any));
}

/**
 * Asks for every one of these OAuth scopes on the token, by name.
 *
 * @throws {PatronusConfigurationError} on an empty name, several in one text, or an empty list
 * @example
 * @Get() @RequireScopes('patients:read', 'offline_access') list() {}
 */
export function RequireScopes(...all: Names<string>): RouteDecorator {
  return routeMark({ kind: 'scopes', scopes: readRequiredScopes('@RequireScopes', all) });
}

/**
 * Asks for at least one of several requirements, of either authority. Like every `@Require…`
 * decorator, it adds to what else stands on the handler and on its controller.
 *
 * @throws {PatronusConfigurationError} if there is none, or one is something else
 * @example
 * @Get() @RequireAny(roles('doctor'), platformRoles('STAFF')) list() {}
 */
export function RequireAny(...alternatives: Names<AccessRequirement>): RouteDecorator {
  return routeMark(anyOfThese('@RequireAny', alternatives));
}
