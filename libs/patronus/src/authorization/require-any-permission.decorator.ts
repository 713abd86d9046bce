import type { Permission } from './catalogue.js';
import { readRequiredPermissions } from './required-names.js';
import { routeMark, type RouteDecorator } from './route-mark.js';

/**
 * Asks for at least one of these permissions inside the tenant.
 *
 * @throws {PatronusConfigurationError} on a wildcard or a malformed name
 * @example
 * @Get() @RequireAnyPermission('patients.read', 'patients.audit') list() {}
 */
export function RequireAnyPermission(
  ...any: readonly [Permission, ...Permission[]]
): RouteDecorator {
  return routeMark({
    kind: 'any-permission',
    permissions: readRequiredPermissions('RequireAnyPermission', any),
  });
}
