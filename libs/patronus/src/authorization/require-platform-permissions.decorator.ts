import type { PlatformPermission } from './catalogue.js';
import { readRequiredPermissions } from './required-names.js';
import { routeMark, type RouteDecorator } from './route-mark.js';

/**
 * Asks for every one of these permissions over the whole system. What a caller may do inside a
 * tenant, be it `*`, never counts here.
 *
 * @throws {PatronusConfigurationError} on a wildcard or a malformed name
 * @example
 * @Get() @RequirePlatformPermissions('tenants.read') tenants() {}
 */
export function RequirePlatformPermissions(
  ...all: readonly [PlatformPermission, ...PlatformPermission[]]
): RouteDecorator {
  return routeMark({
    kind: 'platform-permissions',
    permissions: readRequiredPermissions('RequirePlatformPermissions', all),
  });
}
