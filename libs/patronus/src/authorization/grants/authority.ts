import { isGranted, type RequiredPermission } from './permission-matcher.js';
import type { FlatRole, RoleGraph } from './role-graph.js';
import type { ScopeBound } from './scope-bounds.js';

const NO_PERMISSIONS: ReadonlySet<string> = new Set();

/** Roles and permissions of a subject, either inside one tenant or over the whole platform. */
export class Authority {
  private constructor(
    private readonly patterns: readonly ReadonlySet<string>[],
    /** Roles that the options define. */
    readonly flatRoles: readonly FlatRole[],
    /** Roles that were given by name, defined in the options or not. */
    readonly roles: readonly string[],
    /** Patterns that were given apart from any role. */
    readonly permissions: ReadonlySet<string>,
    private readonly bound: ScopeBound | undefined,
  ) {}

  /** Authority without any grant. Shared, because on the platform most subjects have none. */
  static readonly NONE = new Authority([], [], [], NO_PERMISSIONS, undefined);

  /** Compiles roles and permissions. The sets of a role are shared, not copied. */
  static of(graph: RoleGraph, roles: readonly string[], permissions: readonly string[]): Authority {
    if (roles.length === 0 && permissions.length === 0) return Authority.NONE;
    const names = [...new Set(roles)];
    const flatRoles = names.flatMap((name) => graph.find(name) ?? []);
    const ofRoles = flatRoles.map((role) => role.permissions);
    if (permissions.length === 0) {
      return new Authority(ofRoles, flatRoles, names, NO_PERMISSIONS, undefined);
    }
    const direct = new Set(permissions);
    return new Authority([direct, ...ofRoles], flatRoles, names, direct, undefined);
  }

  /** Returns the same authority, limited to what `bound` covers. */
  within(bound: ScopeBound): Authority {
    return new Authority(this.patterns, this.flatRoles, this.roles, this.permissions, bound);
  }

  /** Returns true if the permission was granted, and is within the scopes of the token. */
  has(required: RequiredPermission): boolean {
    return isGranted(required, this.patterns) && this.isWithinScopes(required);
  }

  /** Returns true if the scopes of the token cover the permission, granted or not. */
  isWithinScopes(required: RequiredPermission): boolean {
    return this.bound === undefined || isGranted(required, this.bound);
  }

  /** Returns true if the role is held, directly or because a held role inherits it. */
  hasRole(name: string): boolean {
    return this.roles.includes(name) || this.flatRoles.some((role) => role.includes.has(name));
  }
}
