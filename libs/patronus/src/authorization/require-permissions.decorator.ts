import type { Permission } from './catalogue.js';
import { readRequiredPermissions } from './required-names.js';
import { routeMark, type RouteDecorator } from './route-mark.js';

/**
 * Asks for every one of these permissions inside the tenant, granted exactly or by a pattern. On a
 * controller it holds for each handler, besides what the handler asks for itself.
 *
 * @throws {PatronusConfigurationError} on a wildcard or a malformed name
 * @example
 * @Get() @RequirePermissions('patients.read') list() {}
 */
export function RequirePermissions(...all: readonly [Permission, ...Permission[]]): RouteDecorator {
  return routeMark({
    kind: 'all-permissions',
    permissions: readRequiredPermissions('RequirePermissions', all),
  });
}
