/** Maximum length of a permission or pattern, in characters. */
export const MAX_PERMISSION_LENGTH = 255;

const NAME = /^[\w:-]+(?:\.[\w:-]+)*$/;

/**
 * Returns true if `value` is the name of one permission: `patients.read`, `read:patients`.
 * Wildcards are not names.
 */
export function isPermissionName(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_PERMISSION_LENGTH && NAME.test(value);
}

/** Returns true if `pattern` is a wildcard: `*`, `patients.*`. */
export function isWildcard(pattern: string): boolean {
  return pattern === '*' || pattern.endsWith('.*');
}

/** Returns true if `value` is valid in a grant: a permission, `*`, or `prefix.*`. */
export function isPermissionPattern(value: unknown): value is string {
  if (typeof value !== 'string' || value.length > MAX_PERMISSION_LENGTH) return false;
  if (!isWildcard(value)) return isPermissionName(value);
  return value === '*' || isPermissionName(value.slice(0, -2));
}
