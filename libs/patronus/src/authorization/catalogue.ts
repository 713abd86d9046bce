/**
 * Names of permissions and roles that your application knows. The interface is empty until you
 * declare members. After that, a misspelt name does not compile. Members: `permissions`,
 * `platformPermissions`, `roles`, `platformRoles`, each a union of string literals. A member that
 * is not declared accepts any string.
 *
 * @example
 * declare module '@patronus/nestjs' {
 *   interface Catalogue {
 *     permissions: 'patients.read' | 'patients.write';
 *     platformPermissions: 'audit.read';
 *     roles: 'doctor' | 'receptionist';
 *   }
 * }
 */
export interface Catalogue {}

/** A permission inside one tenant: one of `Catalogue['permissions']`, or any string without it. */
export type Permission = Catalogue extends { permissions: infer Names extends string }
  ? Names
  : string;

/** A permission over the whole system: one of `Catalogue['platformPermissions']`. */
export type PlatformPermission = Catalogue extends {
  platformPermissions: infer Names extends string;
}
  ? Names
  : string;

/** A role inside one tenant: one of `Catalogue['roles']`. */
export type Role = Catalogue extends { roles: infer Names extends string } ? Names : string;

/** A role over the whole system: one of `Catalogue['platformRoles']`. */
export type PlatformRole = Catalogue extends { platformRoles: infer Names extends string }
  ? Names
  : string;

type WildcardsOf<
  Name extends string,
  Before extends string = '',
> = Name extends `${infer Head}.${infer Rest}`
  ? `${Before}${Head}.*` | WildcardsOf<Rest, `${Before}${Head}.`>
  : never;

type PatternsOf<Names extends string> = string extends Names
  ? string
  : Names | '*' | WildcardsOf<Names>;

/**
 * Pattern that a role may be granted: a {@link Permission}, `*`, or `prefix.*` above a known
 * permission.
 */
export type PermissionPattern = PatternsOf<Permission>;

/**
 * Pattern that a platform role may be granted, made of {@link PlatformPermission} in the same way.
 */
export type PlatformPermissionPattern = PatternsOf<PlatformPermission>;
