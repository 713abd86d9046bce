import { checkMembers, checkPositiveInteger } from '../../errors/check-option.js';
import { PatronusConfigurationError } from '../../errors/configuration.error.js';
import { Authority } from './authority.js';
import { ClaimsPermissionSource } from './claims-permission-source.js';
import { FunctionPermissionSource } from './function-permission-source.js';
import type { GrantedAuthority } from './granted-authority.js';
import { Grants } from './grants.js';
import { PermissionSource } from './permission-source.js';
import type { PermissionOptions } from './permission.options.js';
import { RoleGraph } from './role-graph.js';
import { ScopeBounds } from './scope-bounds.js';

/** Names of the options under `permissions`. */
export const PERMISSION_OPTIONS = [
  'roles',
  'platformRoles',
  'scopes',
  'wildcardsInClaims',
  'source',
  'cache',
  'timeout',
];

/** Permission options, checked and compiled once, at start. */
export class PermissionPolicy {
  /** Milliseconds that an answer of the permission source is cached. */
  readonly ttlMs: number;
  /** Maximum number of answers that are cached in this process. */
  readonly maxEntries: number;
  /** Timeout of the permission source, in milliseconds. */
  readonly timeoutMs: number;

  private readonly roles: RoleGraph;
  private readonly platformRoles: RoleGraph;
  private readonly scopes: ScopeBounds | undefined;

  /** @throws {PatronusConfigurationError} on any mistake in the options. */
  constructor(private readonly options: PermissionOptions = {}) {
    checkMembers('permissions', options, PERMISSION_OPTIONS);
    const { cache = {}, timeout = 5 } = options;
    checkMembers('permissions.cache', cache, ['ttl', 'max', 'stores']);
    const { ttl = 30, max = 10_000 } = cache;
    checkPositiveInteger('permissions.cache.ttl', ttl);
    checkPositiveInteger('permissions.cache.max', max);
    checkPositiveInteger('permissions.timeout', timeout);
    this.ttlMs = 1000 * ttl;
    this.maxEntries = max;
    this.timeoutMs = 1000 * timeout;
    this.roles = new RoleGraph(options.roles ?? {}, 'permissions.roles');
    this.platformRoles = new RoleGraph(options.platformRoles ?? {}, 'permissions.platformRoles');
    this.scopes =
      options.scopes === undefined
        ? undefined
        : new ScopeBounds(options.scopes, 'permissions.scopes');
    readSwitch(options.wildcardsInClaims ?? false, 'permissions.wildcardsInClaims');
  }

  /** Returns the source of the options, or the claims of the token by default. */
  source(): PermissionSource {
    const { source, wildcardsInClaims } = this.options;
    if (source === undefined) return new ClaimsPermissionSource(wildcardsInClaims);
    if (source instanceof PermissionSource) return source;
    if (typeof source === 'function' && !isSourceClass(source))
      return new FunctionPermissionSource(source);
    throw new PatronusConfigurationError(
      'permissions.source',
      'this is not a permission source.',
      'Pass an instance of a class that extends PermissionSource, { useClass: … }, or a function.',
    );
  }

  /** Returns the roles that the options define, by authority. */
  roleNames(): { readonly tenant: readonly string[]; readonly platform: readonly string[] } {
    return { tenant: this.roles.names(), platform: this.platformRoles.names() };
  }

  /** Compiles the answer of a permission source. */
  compile(authority: GrantedAuthority): Grants {
    const {
      roles = [],
      permissions = [],
      platformRoles = [],
      platformPermissions = [],
    } = authority;
    return new Grants(
      Authority.of(this.roles, roles, permissions),
      Authority.of(this.platformRoles, platformRoles, platformPermissions),
    );
  }

  /** Limits grants to those that the scopes of a token cover, if the options say so. */
  limit(grants: Grants, scopes: readonly string[]): Grants {
    return this.scopes === undefined ? grants : grants.within(this.scopes.of(scopes));
  }
}

/**
 * Returns true if a class was passed in place of an instance. Calling it would fail on each
 * request.
 */
function isSourceClass(source: object): boolean {
  return 'prototype' in source && source.prototype instanceof PermissionSource;
}

function readSwitch(value: unknown, path: string): void {
  if (typeof value === 'boolean') return;
  throw new PatronusConfigurationError(
    path,
    `${String(value)} is neither true nor false.`,
    'Write true or false.',
  );
}
