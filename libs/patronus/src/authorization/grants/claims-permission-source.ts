import type { GrantedAuthority } from './granted-authority.js';
import { isWildcard } from './permission-pattern.js';
import { PermissionSource, type PermissionSubject } from './permission-source.js';

/**
 * Default source, which reads the claims of the token. Wildcards in a token are dropped unless the
 * application trusts its issuer with them (`permissions.wildcardsInClaims`): a party that can write
 * one permission into a token could otherwise write `*`.
 */
export class ClaimsPermissionSource extends PermissionSource {
  constructor(private readonly wildcardsInClaims = false) {
    super();
  }

  grantsOf({ identity }: PermissionSubject): GrantedAuthority {
    return {
      roles: identity.roles,
      permissions: this.trusted(identity.permissions),
      platformRoles: identity.platformRoles,
      platformPermissions: this.trusted(identity.platformPermissions),
    };
  }

  private trusted(permissions: readonly string[]): readonly string[] {
    if (this.wildcardsInClaims) return permissions;
    return permissions.filter((permission) => !isWildcard(permission));
  }
}
