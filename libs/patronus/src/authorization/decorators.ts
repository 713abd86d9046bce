import type { Permission, PlatformPermission, PlatformRole, Role } from './catalogue.js';
import { readRequiredScopes, type Names } from './rules/required-names.js';
import type { AccessRequirement } from './rules/requirement.js';
import { anyOfThese, permissionsIn, rolesIn } from './rules/requirements.js';
import { routeMark, type RouteDecorator } from './rules/route-mark.js';

/**
 * Opens a route, or every route of a controller, to every caller. On a handler it beats what the
 * controller asks for. On a controller it leaves those handlers closed that have a decorator that
 * asks for a caller. The credential of the request is not read.
 */
export function Public(): RouteDecorator {
  return routeMark({ kind: 'public' });
}

/**
 * Also lets callers without a credential in. `@CurrentUser()` is then undefined. A credential that is
 * sent must be valid. Beside a `@Require…` decorator it opens nothing.
 */
export function OptionalAuth(): RouteDecorator {
  return routeMark({ kind: 'optional-auth' });
}

/**
 * Also lets callers in who belong to no tenant, if `tenancy` is configured. `TenantContext.id` then
 * throws. For routes above the tenants, such as the list of tenants to choose from.
 */
export function TenantOptional(): RouteDecorator {
  return routeMark({ kind: 'tenant-optional' });
}

/**
 * Lets a GET route take the token from the query, from the parameter that `credentials.query` of the
 * module names. For event sources and downloads, whose requests a page cannot give a header. The token
 * must be short-lived: URLs stay in histories and in the logs of proxies (RFC 6750, section 5.3).
 *
 * @example
 * @Sse('events') @AllowQueryToken() events() {}
 */
export function AllowQueryToken(): MethodDecorator {
  return routeMark({ kind: 'query-token' });
}

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

/**
 * Asks for a token that is bound to a key, and for a proof of that key (DPoP, RFC 9449): a stolen
 * token alone opens nothing.
 *
 * @example
 * @Post('payouts') @RequireDPoP() payOut() {}
 */
export function RequireDPoP(): RouteDecorator {
  return routeMark({ kind: 'proof' });
}
