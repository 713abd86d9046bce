import type {
  PermissionPattern,
  PlatformPermissionPattern,
  PlatformRole,
  Role,
} from '../catalogue.js';

/**
 * Definition of a role: a list of patterns, or patterns with the roles whose patterns it inherits.
 */
export type RoleDefinition<Name extends string, Pattern extends string> =
  | readonly Pattern[]
  | { readonly inherits?: readonly Name[]; readonly permissions?: readonly Pattern[] };

/**
 * Roles by name. A role that is not listed grants nothing.
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
