import { PatronusConfigurationError } from '../errors/configuration.error.js';
import { compilePermission, type RequiredPermission } from './permission-matcher.js';
import { isPermissionName, isWildcard } from './permission-pattern.js';

/**
 * Checks the arguments of a decorator that asks for permissions, and compiles them.
 *
 * @throws {PatronusConfigurationError} where there are none, or one is no permission
 */
export function readRequiredPermissions(
  decorator: string,
  names: readonly unknown[],
): readonly RequiredPermission[] {
  refuseNone(decorator, names);
  return names.map((name) => {
    if (isPermissionName(name)) return compilePermission(name);
    throw new PatronusConfigurationError(
      `@${decorator}('${String(name)}')`,
      'this is not the name of one permission.',
      'Write a dotted name without a wildcard, such as "patients.read".',
    );
  });
}

/**
 * Checks the arguments of a decorator that asks for roles.
 *
 * @throws {PatronusConfigurationError} where there are none, or one is empty or a wildcard
 */
export function readRequiredRoles(names: readonly unknown[]): readonly string[] {
  refuseNone('RequireRoles', names);
  return names.map((name) => {
    if (typeof name === 'string' && name.trim() !== '' && !isWildcard(name)) return name;
    throw new PatronusConfigurationError(
      `@RequireRoles('${String(name)}')`,
      'this is not the name of one role.',
      'Write the name as it stands in the role map or in the token.',
    );
  });
}

/** The characters of a scope (RFC 6749, section 3.3): none that ends a quoted header value. */
const SCOPE = /^[\x21\x23-\x5B\x5D-\x7E]+$/;

/**
 * Checks the arguments of a decorator that asks for scopes.
 *
 * @throws {PatronusConfigurationError} where there are none, or one is no scope
 */
export function readRequiredScopes(names: readonly unknown[]): readonly string[] {
  refuseNone('RequireScopes', names);
  return names.map((name) => {
    if (typeof name === 'string' && SCOPE.test(name) && !isWildcard(name)) return name;
    throw new PatronusConfigurationError(
      `@RequireScopes('${String(name)}')`,
      'this is not one scope.',
      'Write each scope as a text of its own, without blanks, quotes and wildcards.',
    );
  });
}

function refuseNone(decorator: string, names: readonly unknown[]): void {
  if (names.length > 0) return;
  throw new PatronusConfigurationError(
    `@${decorator}()`,
    'it asks for nothing.',
    'Name at least one, or take the decorator away.',
  );
}
