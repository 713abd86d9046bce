import { readRequiredScopes } from './required-names.js';
import { routeMark, type RouteDecorator } from './route-mark.js';

/**
 * Asks for every one of these OAuth scopes on the token, by name.
 *
 * @throws {PatronusConfigurationError} on an empty name, or several in one text
 * @example
 * @Get() @RequireScopes('patients:read', 'offline_access') list() {}
 */
export function RequireScopes(...all: readonly [string, ...string[]]): RouteDecorator {
  return routeMark({ kind: 'scopes', scopes: readRequiredScopes(all) });
}
