import type { Keyv } from 'keyv';
import type { PermissionPattern, PlatformPermissionPattern } from '../catalogue.js';
import type { PermissionSourceFunction } from './function-permission-source.js';
import type { PermissionSource } from './permission-source.js';
import type { PlatformRoleMap, RoleMap } from './role-map.js';

/** How the answers of a permission source are kept. */
export interface PermissionCacheOptions {
  /** How long an answer counts, in seconds; 30 unless told. The longest that a change stays unseen. */
  readonly ttl?: number | undefined;
  /** How many subjects are kept in this process, each in each tenant; 10,000 unless told. */
  readonly max?: number | undefined;
  /**
   * Where processes share answers: Keyv stores, such as Redis, tried in this order. This process
   * alone unless told.
   */
  readonly stores?: readonly Keyv[] | undefined;
}

/** What a scope lets through, in either authority. */
export type ScopePattern = [PermissionPattern, PlatformPermissionPattern][number];

/** The `permissions` member of the module's options. */
export interface PermissionOptions {
  /** What each role may do inside a tenant. */
  readonly roles?: RoleMap | undefined;
  /** What each platform role may do to the whole system. */
  readonly platformRoles?: PlatformRoleMap | undefined;
  /**
   * Which permissions each OAuth scope lets through. Where this is set, a permission needs a scope
   * of the token that covers it, besides being granted; a token without scopes can use none. Scopes
   * limit permissions, not roles: a route that only asks for a role is not limited by them.
   */
  readonly scopes?: Readonly<Record<string, readonly ScopePattern[]>> | undefined;
  /** Let `*` and `patients.*` in the claims of a token count; false unless told. */
  readonly wildcardsInClaims?: boolean | undefined;
  /** Who says what a subject may do; the claims of the token unless told. */
  readonly source?: PermissionSource | PermissionSourceFunction | undefined;
  /** How the answers of `source` are kept. The claims of a token need no cache. */
  readonly cache?: PermissionCacheOptions | undefined;
  /**
   * How long `source` may take, in seconds, before the caller gets 503; 5 unless told. So long, too,
   * may each `load` and each `permits` of a policy take.
   */
  readonly timeout?: number | undefined;
}
