import type { Keyv } from 'keyv';
import type { PermissionPattern, PlatformPermissionPattern } from '../catalogue.js';
import type { PermissionSourceFunction } from './function-permission-source.js';
import type { PermissionSource } from './permission-source.js';
import type { PlatformRoleMap, RoleMap } from './role-map.js';

/** Settings of the cache for the answers of a permission source. */
export interface PermissionCacheOptions {
  /**
   * Seconds that an answer is cached. Default: 30. A change is seen after this time at the latest.
   */
  readonly ttl?: number | undefined;
  /**
   * Maximum number of subjects that are cached in this process, counted once for each tenant.
   * Default: 10,000.
   */
  readonly max?: number | undefined;
  /**
   * Keyv stores that processes share answers in, such as Redis, tried in this order. By default
   * this process caches for itself alone.
   */
  readonly stores?: readonly Keyv[] | undefined;
}

/** Pattern that a scope may let through, in either authority. */
export type ScopePattern = [PermissionPattern, PlatformPermissionPattern][number];

/** The `permissions` member of the module's options. */
export interface PermissionOptions {
  /** Permissions of each role inside a tenant. */
  readonly roles?: RoleMap | undefined;
  /** Permissions of each platform role over the whole system. */
  readonly platformRoles?: PlatformRoleMap | undefined;
  /**
   * Permissions that each OAuth scope covers. If this is set, a permission must be granted and also
   * be covered by a scope of the token. A token without scopes can then use no permission. Scopes
   * limit permissions, not roles: they do not limit a route that only requires a role.
   */
  readonly scopes?: Readonly<Record<string, readonly ScopePattern[]>> | undefined;
  /** Accepts `*` and `patients.*` in the claims of a token. Default: false. */
  readonly wildcardsInClaims?: boolean | undefined;
  /** Source of roles and permissions. By default the claims of the token. */
  readonly source?: PermissionSource | PermissionSourceFunction | undefined;
  /** Settings of the cache for the answers of `source`. The claims of a token need no cache. */
  readonly cache?: PermissionCacheOptions | undefined;
  /**
   * Timeout of `source` in seconds, after which the caller gets 503. Default: 5. The same timeout
   * applies to each `load` and each `permits` of a policy.
   */
  readonly timeout?: number | undefined;
}
