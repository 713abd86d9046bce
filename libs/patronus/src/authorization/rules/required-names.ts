import { PatronusConfigurationError } from '../../errors/configuration.error.js';
import { compilePermission, type RequiredPermission } from '../grants/permission-matcher.js';
import { isPermissionName, isWildcard } from '../grants/permission-pattern.js';

/** Names as arguments, or one list of them. */
export type Names<Name> = readonly [Name, ...Name[]] | readonly [names: readonly Name[]];

/**
 * Checks and compiles the permissions that a decorator or a requirement names.
 *
 * @param caller - `@RequirePermissions`, as error messages name it
 * @throws {PatronusConfigurationError} if there are none, or one is not a permission
 */
export function readRequiredPermissions(
  caller: string,
  given: readonly unknown[],
): readonly RequiredPermission[] {
  return readListed(caller, given).map((name) => {
    if (isPermissionName(name)) return compilePermission(name);
    throw new PatronusConfigurationError(
      `${caller}('${String(name)}')`,
      'this is not the name of one permission.',
      'Write a dotted name without a wildcard, such as "patients.read".',
    );
  });
}

/**
 * Checks the roles that a decorator or a requirement names.
 *
 * @throws {PatronusConfigurationError} if there are none, or one is empty or a wildcard
 */
export function readRequiredRoles(caller: string, given: readonly unknown[]): readonly string[] {
  return readListed(caller, given).map((name) => {
    if (typeof name === 'string' && name.trim() !== '' && !isWildcard(name)) return name;
    throw new PatronusConfigurationError(
      `${caller}('${String(name)}')`,
      'this is not the name of one role.',
      'Write the name exactly as in the role map or in the token.',
    );
  });
}

/** Characters of a scope (RFC 6749, section 3.3), none of which ends a quoted header value. */
const SCOPE = /^[\x21\x23-\x5B\x5D-\x7E]+$/;

/**
 * Checks the scopes that a decorator or a requirement names.
 *
 * @throws {PatronusConfigurationError} if there are none, or one is not a scope
 */
export function readRequiredScopes(caller: string, given: readonly unknown[]): readonly string[] {
  return readListed(caller, given).map((name) => {
    if (typeof name === 'string' && SCOPE.test(name) && !isWildcard(name)) return name;
    throw new PatronusConfigurationError(
      `${caller}('${String(name)}')`,
      'this is not one scope.',
      'Write each scope as a separate text, without blanks, quotes and wildcards.',
    );
  });
}

/**
 * Returns the arguments themselves, or the items of the one list among them.
 *
 * @throws {PatronusConfigurationError} if there are none, or a list is beside or within another
 * argument
 */
export function readListed(caller: string, given: readonly unknown[]): readonly unknown[] {
  const [list] = given;
  const isList = given.length === 1 && Array.isArray(list);
  const items: readonly unknown[] = isList ? list : given;
  if (items.length === 0) {
    throw new PatronusConfigurationError(
      isList ? `${caller}([])` : `${caller}()`,
      isList ? 'the list is empty: it requires nothing.' : 'it requires nothing.',
      'Name at least one, or remove it.',
    );
  }
  if (!items.some((item) => Array.isArray(item))) return items;
  throw new PatronusConfigurationError(
    `${caller}()`,
    'a list is among its arguments.',
    `Pass one list, such as ${caller}(['a', 'b']), or the items themselves.`,
  );
}
