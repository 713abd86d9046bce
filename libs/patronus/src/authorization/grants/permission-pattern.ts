/** The longest permission or pattern, in characters. */
export const MAX_PERMISSION_LENGTH = 255;

const NAME = /^[\w:-]+(?:\.[\w:-]+)*$/;

/** Whether `value` is the name of one permission: `patients.read`, `read:patients`. No wildcard. */
export function isPermissionName(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_PERMISSION_LENGTH && NAME.test(value);
}

/** Whether `pattern` grants more than the permission that it spells: `*`, `patients.*`. */
export function isWildcard(pattern: string): boolean {
  return pattern === '*' || pattern.endsWith('.*');
}

/** Whether `value` may stand in a grant: a permission, `*`, or `prefix.*`. */
export function isPermissionPattern(value: unknown): value is string {
  if (typeof value !== 'string' || value.length > MAX_PERMISSION_LENGTH) return false;
  if (!isWildcard(value)) return isPermissionName(value);
  return value === '*' || isPermissionName(value.slice(0, -2));
}
