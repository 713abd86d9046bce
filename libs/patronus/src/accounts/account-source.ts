import type { Identity } from '../identity/identity.js';

/** The caller whose account is asked for. */
export interface AccountSubject {
  readonly identity: Identity;
  /** The tenant of the request, or undefined if it has none. */
  readonly tenantId: string | undefined;
}

/**
 * Finds the application's own account of a caller, or refuses the caller. An abstract class: the type
 * and the injection token in one.
 *
 * It is called for every caller that presents a good credential, on every route and every
 * transport, `@OptionalAuth()` included; not on `@Public()` routes. Answers are cached for
 * `accountCache.ttl` seconds by issuer, tenant and subject, so an answer must not depend on other
 * fields of the identity. Refusals and errors are not cached. {@link AccountCache.purge} drops
 * answers earlier.
 *
 * The answer becomes `Identity.account` unchanged. Requests of one caller share the object while it
 * is cached.
 *
 * @typeParam Account - the application's record of a caller, such as an entity
 * @example
 * @Injectable()
 * class UserAccounts extends AccountSource<User> {
 *   constructor(private readonly users: UsersRepository) { super(); }
 *   async accountOf({ identity }: AccountSubject) {
 *     const user = await this.users.findOneBy({ id: Number(identity.id) });
 *     return user?.isActive ? user : undefined;
 *   }
 * }
 */
export abstract class AccountSource<Account = unknown> {
  /**
   * Looks up the account. Only a truthy result admits the caller. `undefined`, `null`, `false` and
   * every other falsy result refuse it with 401 `token_invalid`. A source that only checks callers
   * returns `true` or `false`.
   *
   * @throws {PatronusError} to refuse the caller with another code: `token_revoked` is 401,
   * `permission_denied` is 403. Anything else that is thrown, or no answer within
   * `accountCache.timeout` seconds, is 503 `provider_unavailable`.
   */
  abstract accountOf(
    subject: AccountSubject,
  ): Account | false | null | undefined | Promise<Account | false | null | undefined>;
}
