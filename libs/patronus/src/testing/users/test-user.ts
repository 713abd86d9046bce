import type {
  PermissionPattern,
  PlatformPermissionPattern,
  PlatformRole,
  Role,
} from '../../authorization/catalogue.js';
import type { Claims, IdentityFields } from '../../identity/identity.js';

/** Fields whose names are declared in the application's `Catalogue`. */
type NamedField = 'roles' | 'permissions' | 'platformRoles' | 'platformPermissions';

/** Fields that a provider sets itself. */
type StatedField = 'provider' | 'confirmation' | 'isService' | 'claims';

/** Caller in a test: the fields of an identity, none of them required. */
export interface TestUser extends Partial<Omit<IdentityFields, NamedField | StatedField>> {
  readonly roles?: readonly Role[] | undefined;
  /** Permissions. A wildcard counts as in a token: with `permissions.wildcardsInClaims` only. */
  readonly permissions?: readonly PermissionPattern[] | undefined;
  readonly platformRoles?: readonly PlatformRole[] | undefined;
  readonly platformPermissions?: readonly PlatformPermissionPattern[] | undefined;
  /** Further claims. A field above takes precedence over the claim that holds it. */
  readonly claims?: Claims | undefined;
}
