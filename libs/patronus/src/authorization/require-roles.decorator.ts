import type { Role } from './catalogue.js';
import { readRequiredRoles } from './required-names.js';
import { routeMark, type RouteDecorator } from './route-mark.js';

/**
 * Asks for every one of these roles inside the tenant. A role that inherits the one asked for
 * counts. Prefer a permission: it still fits when roles are cut differently.
 *
 * @throws {PatronusConfigurationError} on an empty name
 * @example
 * @Delete(':id') @RequireRoles('doctor') remove() {}
 */
export function RequireRoles(...all: readonly [Role, ...Role[]]): RouteDecorator {
  return routeMark({ kind: 'roles', roles: readRequiredRoles(all) });
}
