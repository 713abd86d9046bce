import type {
  PermissionPattern,
  PlatformPermissionPattern,
  PlatformRole,
  Role,
} from '../../authorization/catalogue.js';
import type { Claims, IdentityFields } from '../../identity/identity.js';

/** What the application's `Catalogue` knows the names of. */
type NamedField = 'roles' | 'permissions' | 'platformRoles' | 'platformPermissions';

/** What a provider states of itself. */
type StatedField = 'provider' | 'confirmation' | 'isService' | 'claims';

/** A caller of a test: the fields of an identity, none of them required. */
export interface TestUser extends Partial<Omit<IdentityFields, NamedField | StatedField>> {
  readonly roles?: readonly Role[] | undefined;
  /** A wildcard counts as it does in a token: with `permissions.wildcardsInClaims` only. */
  readonly permissions?: readonly PermissionPattern[] | undefined;
  readonly platformRoles?: readonly PlatformRole[] | undefined;
  readonly platformPermissions?: readonly PlatformPermissionPattern[] | undefined;
  /** Further claims. What a field above says wins over the claim that holds it. */
  readonly claims?: Claims | undefined;
}
