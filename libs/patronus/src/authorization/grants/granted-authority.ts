/** Answer of a {@link PermissionSource}. Members that are left out are empty. */
export interface GrantedAuthority {
  /** Roles inside the tenant; those in `permissions.roles` give their patterns. */
  readonly roles?: readonly string[] | undefined;
  /** Permissions or patterns (`patients.*`) inside the tenant. */
  readonly permissions?: readonly string[] | undefined;
  /** Roles over the whole system; those in `permissions.platformRoles` give their patterns. */
  readonly platformRoles?: readonly string[] | undefined;
  /** Permissions or patterns over the whole system. */
  readonly platformPermissions?: readonly string[] | undefined;
}

/** Names of the members that an answer may have. */
export const AUTHORITY_MEMBERS: readonly (keyof GrantedAuthority)[] = [
  'roles',
  'permissions',
  'platformRoles',
  'platformPermissions',
];

/**
 * Checks the answer of a source or of a shared cache, and copies the members that are used.
 * Undefined if it is anything but lists of strings: the text `"patients.*"` in place of a list
 * would spread into characters, and one of them is `*`.
 */
export function parseGrantedAuthority(value: unknown): GrantedAuthority | undefined {
  // A list, such as `['doctor']`, has none of the members: it would grant nothing, without a reason.
  if (typeof value !== 'object' || value === null || Symbol.iterator in value) return undefined;
  const roles = names('roles' in value ? value.roles : undefined);
  const permissions = names('permissions' in value ? value.permissions : undefined);
  const platformRoles = names('platformRoles' in value ? value.platformRoles : undefined);
  const platformPermissions = names(
    'platformPermissions' in value ? value.platformPermissions : undefined,
  );
  if (!roles || !permissions || !platformRoles || !platformPermissions) return undefined;
  return { roles, permissions, platformRoles, platformPermissions };
}

function names(value: unknown): readonly string[] | undefined {
  if (value === undefined) return [];
  return isNames(value) ? [...value] : undefined;
}

/** Returns true if `value` is a list of strings. */
export function isNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((name) => typeof name === 'string');
}
