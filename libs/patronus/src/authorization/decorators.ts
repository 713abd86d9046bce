import type { Permission, PlatformPermission, PlatformRole, Role } from './catalogue.js';
import { readRequiredScopes, type Names } from './rules/required-names.js';
import type { AccessRequirement } from './rules/requirement.js';
import { anyOfThese, permissionsIn, rolesIn } from './rules/requirements.js';
import { routeMark, type RouteDecorator } from './rules/route-mark.js';

/**
 * Opens a route, or every route of a controller, to every caller. On a handler it overrides the
 * requirements of the controller. On a controller it does not open handlers that have a decorator
 * that requires a caller. The credential of the request is not read.
 */
export function Public(): RouteDecorator {
  return routeMark({ kind: 'public' });
}

/**
 * Also lets callers in without a credential. `@CurrentUser()` is then undefined. A credential that
 * is sent must be valid. Beside a `@Require…` decorator it has no effect.
 */
export function OptionalAuth(): RouteDecorator {
  return routeMark({ kind: 'optional-auth' });
}

/**
 * Also lets callers in without a tenant, if `tenancy` is configured. `TenantContext.id` then
 * throws. For routes outside the tenants, such as the list of tenants to choose from.
 */
export function TenantOptional(): RouteDecorator {
  return routeMark({ kind: 'tenant-optional' });
}

/**
 * Lets a GET route take the token from the query parameter that `credentials.query` of the module
 * names. For event sources and downloads, whose requests a page cannot give a header. The token
 * must be short-lived: URLs stay in histories and in the logs of proxies (RFC 6750, section 5.3).
 *
 * @example
 * @Sse('events') @AllowQueryToken() events() {}
 */
export function AllowQueryToken(): MethodDecorator {
  return routeMark({ kind: 'query-token' });
}

/**
 * Requires every one of these permissions inside the tenant, granted exactly or by a pattern. On a
 * controller it applies to each handler, in addition to the handler's own requirements.
 *
 * @throws {PatronusConfigurationError} on a wildcard, a malformed name or an empty list
 * @example
 * @Get() @RequirePermissions('patients.read') list() {}
 */
export function RequirePermissions(...all: Names<Permission>): RouteDecorator {
  return routeMark(permissionsIn('tenant', 'all', '@RequirePermissions', all));
}

/**
 * Requires at least one of these permissions inside the tenant.
 *
 * @throws {PatronusConfigurationError} on a wildcard, a malformed name or an empty list
 * @example
 * @Get() @RequireAnyPermission('patients.read', 'patients.audit') list() {}
 */
export function RequireAnyPermission(...any: Names<Permission>): RouteDecorator {
  return routeMark(permissionsIn('tenant', 'any', '@RequireAnyPermission', any));
}

/**
 * Requires every one of these permissions over the whole system. Permissions inside a tenant, even
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
 * Requires at least one of these permissions over the whole system. Permissions inside a tenant
 * never count.
 *
 * @throws {PatronusConfigurationError} on a wildcard, a malformed name or an empty list
 * @example
 * @Get() @RequireAnyPlatformPermission('tenants.read', 'tenants.audit') tenants() {}
 */
export function RequireAnyPlatformPermission(...any: Names<PlatformPermission>): RouteDecorator {
  return routeMark(permissionsIn('platform', 'any', '@RequireAnyPlatformPermission', any));
}

/**
 * Requires every one of these roles inside the tenant. A role that inherits a named one counts.
 * Prefer a permission, which stays valid when roles are divided differently.
 *
 * @throws {PatronusConfigurationError} on an empty name, a wildcard or an empty list
 * @example
 * @Delete(':id') @RequireRoles('doctor') remove() {}
 */
export function RequireRoles(...all: Names<Role>): RouteDecorator {
  return routeMark(rolesIn('tenant', 'all', '@RequireRoles', all));
}

/**
 * Requires at least one of these roles inside the tenant. A role that inherits a named one counts.
 *
 * @throws {PatronusConfigurationError} on an empty name, a wildcard or an empty list
 * @example
 * @Get() @RequireAnyRole('doctor', 'nurse') list() {}
 */
export function RequireAnyRole(...any: Names<Role>): RouteDecorator {
  return routeMark(rolesIn('tenant', 'any', '@RequireAnyRole', any));
}

/**
 * Requires every one of these roles over the whole system. Roles inside a tenant never count.
 *
 * @throws {PatronusConfigurationError} on an empty name, a wildcard or an empty list
 * @example
 * @Get() @RequirePlatformRoles('STAFF') tenants() {}
 */
export function RequirePlatformRoles(...all: Names<PlatformRole>): RouteDecorator {
  return routeMark(rolesIn('platform', 'all', '@RequirePlatformRoles', all));
}

/**
 * Requires at least one of these roles over the whole system. Roles inside a tenant never count.
 *
 * @throws {PatronusConfigurationError} on an empty name, a wildcard or an empty list
 * @example
 * @Get() @RequireAnyPlatformRole('STAFF', 'AUDITOR') tenants() {}
 */
export function RequireAnyPlatformRole(...any: Names<PlatformRole>): RouteDecorator {
  return routeMark(rolesIn('platform', 'any', '@RequireAnyPlatformRole', any));
}

/**
 * Requires every one of these OAuth scopes on the token, by name.
 *
 * @throws {PatronusConfigurationError} on an empty name, several in one text, or an empty list
 * @example
 * @Get() @RequireScopes('patients:read', 'offline_access') list() {}
 */
export function RequireScopes(...all: Names<string>): RouteDecorator {
  return routeMark({ kind: 'scopes', scopes: readRequiredScopes('@RequireScopes', all) });
}

/**
 * Requires at least one of several requirements, of either authority. Like every `@Require…`
 * decorator, it adds to the other requirements of the handler and of its controller.
 *
 * @throws {PatronusConfigurationError} if there is none, or one is not a requirement
 * @example
 * @Get() @RequireAny(roles('doctor'), platformRoles('STAFF')) list() {}
 */
export function RequireAny(...alternatives: Names<AccessRequirement>): RouteDecorator {
  return routeMark(anyOfThese('@RequireAny', alternatives));
}

/**
 * Requires a token that is bound to a key, and a proof of that key (DPoP, RFC 9449). A stolen token
 * alone is refused.
 *
 * @example
 * @Post('payouts') @RequireDPoP() payOut() {}
 */
export function RequireDPoP(): RouteDecorator {
  return routeMark({ kind: 'proof' });
}
