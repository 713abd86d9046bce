import type { Identity } from '../../identity/identity.js';
import type { GrantedAuthority } from './granted-authority.js';

/**
 * Caller whose permissions are looked up.
 *
 * @typeParam Account - the type of `Identity.account`, if the application has an `AccountSource`
 */
export interface PermissionSubject<Account = unknown> {
  readonly identity: Identity<Account>;
  /** Tenant of the request, or undefined if it has none. */
  readonly tenantId: string | undefined;
}

/**
 * Returns the roles and permissions of a subject. An abstract class: the type and the injection
 * token in one. By default they come from the claims of the token ({@link ClaimsPermissionSource}).
 *
 * Answers are cached for `permissions.cache.ttl` seconds by issuer, tenant and subject, so an
 * answer must not depend on other fields of the identity. {@link PermissionCache.purge} drops them
 * earlier.
 *
 * @example
 * @Injectable()
 * class MembershipPermissions extends PermissionSource {
 *   constructor(private readonly members: MembersRepository) { super(); }
 *   async grantsOf({ identity, tenantId }: PermissionSubject): Promise<GrantedAuthority> {
 *     if (tenantId === undefined) return {};
 *     return { roles: await this.members.rolesOf(tenantId, identity.id) };
 *   }
 * }
 */
export abstract class PermissionSource {
  /**
   * Looks up roles and permissions. For an unknown subject, return `{}`.
   *
   * @throws an error if the grants cannot be determined. The caller gets 503
   * `provider_unavailable`, or the `PatronusError` that was thrown. An error never grants anything,
   * and it is not cached.
   */
  abstract grantsOf(subject: PermissionSubject): Promise<GrantedAuthority> | GrantedAuthority;
}
