/**
 * The names that your application knows. Empty until you declare them, and then a misspelt name no
 * longer compiles. Members: `permissions`, `platformPermissions`, `roles`, `platformRoles`, each a
 * union of string literals; a member that is not declared takes any string.
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

/** What a role may be granted: a {@link Permission}, `*`, or `prefix.*` above a known permission. */
export type PermissionPattern = PatternsOf<Permission>;

/** What a platform role may be granted, made of {@link PlatformPermission} in the same way. */
export type PlatformPermissionPattern = PatternsOf<PlatformPermission>;
