import type { Identity } from '../../identity/identity.js';
import type { GrantedAuthority } from './granted-authority.js';

/**
 * The caller whose permissions are asked for.
 *
 * @typeParam Account - the type of `Identity.account`, where the application has an `AccountSource`
 */
export interface PermissionSubject<Account = unknown> {
  readonly identity: Identity<Account>;
  /** The tenant of the request, or undefined where it has none. */
  readonly tenantId: string | undefined;
}

/**
 * Says what a subject may do. An abstract class: the type and the injection token in one. Without
 * one of your own, the claims of the token say it ({@link ClaimsPermissionSource}).
 *
 * Answers are cached for `permissions.cache.ttl` seconds by issuer, tenant and subject, so an answer
 * must depend on nothing else of the identity. {@link PermissionCache.purge} drops them earlier.
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
   * Looks up roles and permissions. A subject that is not known has none: answer `{}`.
   *
   * @throws anything where nobody can say: the caller gets 503 `provider_unavailable`, or the
   * `PatronusError` that was thrown. It never counts as permission, and it is not cached.
   */
  abstract grantsOf(subject: PermissionSubject): Promise<GrantedAuthority> | GrantedAuthority;
}
