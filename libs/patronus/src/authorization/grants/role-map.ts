import type {
  PermissionPattern,
  PlatformPermissionPattern,
  PlatformRole,
  Role,
} from '../catalogue.js';

/** What a role may do: a list of patterns, or patterns and the roles whose patterns it has too. */
export type RoleDefinition<Name extends string, Pattern extends string> =
  | readonly Pattern[]
  | { readonly inherits?: readonly Name[]; readonly permissions?: readonly Pattern[] };

/**
 * Roles by name. Nothing is granted to a role that is not in it.
 *
 * @example
 * { receptionist: ['patients.read'], doctor: { inherits: ['receptionist'], permissions: ['patients.*'] } }
 */
export type RoleMap = RolesNamed<Role, PermissionPattern>;

/** Roles of platform authority by name: a set apart from {@link RoleMap}. */
export type PlatformRoleMap = RolesNamed<PlatformRole, PlatformPermissionPattern>;

type RolesNamed<Name extends string, Pattern extends string> = {
  readonly [Key in Name]?: RoleDefinition<Name, Pattern>;
};
