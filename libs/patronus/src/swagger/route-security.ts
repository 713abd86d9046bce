import type { AuthenticationRequirement } from '../authorization/rules/authentication-requirement.js';
import {
  namesIn,
  type Alternative,
  type GrantRequirement,
} from '../authorization/rules/requirement.js';
import type { RouteAccess, RouteRule } from '../authorization/rules/route-rule.js';
import type { SecuredApplication } from './secured-application.js';

/** Requirements of an operation: its extension `x-patronus`. Empty lists are left out. */
export interface RouteSecurity {
  /**
   * Access: `public` (every caller, credential not read), `optional` (with or without a credential)
   * or `authenticated`.
   */
  readonly access: RouteAccess;
  /** Says if a caller needs a tenant. Left out if there are no tenants, or none is needed. */
  readonly tenant?: 'required' | 'optional';
  /** Permissions that are all required. */
  readonly permissions?: readonly string[];
  /** Lists of permissions. One of each list is required. */
  readonly anyPermission?: readonly (readonly string[])[];
  /** Platform permissions that are all required. */
  readonly platformPermissions?: readonly string[];
  /** Lists of platform permissions. One of each list is required. */
  readonly anyPlatformPermission?: readonly (readonly string[])[];
  /** Roles that are all required. */
  readonly roles?: readonly string[];
  /** Lists of roles. One of each list is required. */
  readonly anyRole?: readonly (readonly string[])[];
  /** Platform roles that are all required. */
  readonly platformRoles?: readonly string[];
  /** Lists of platform roles. One of each list is required. */
  readonly anyPlatformRole?: readonly (readonly string[])[];
  /** Scopes that are all required. */
  readonly scopes?: readonly string[];
  /** Lists of alternatives (`@RequireAny()`). One of each list is required. */
  readonly anyOf?: readonly (readonly AlternativeSecurity[])[];
  /**
   * Requirements on the login that must all be met: its maximum age in seconds, and its methods.
   */
  readonly authentication?: readonly AuthenticationSecurity[];
  /** Issuers of which one must have issued the token. */
  readonly issuers?: readonly string[];
  /** Present if the token must be bound to a key, with a proof of that key. */
  readonly dpop?: true;
  /** Present if the token may be in the query. */
  readonly queryToken?: true;
  /** Policies as they are written: `@Authorize(CanEditAppointment)`. */
  readonly policies?: readonly string[];
}

/** Alternative of a `@RequireAny()`: all names of its one list. */
export interface AlternativeSecurity {
  readonly permissions?: readonly string[];
  readonly platformPermissions?: readonly string[];
  readonly roles?: readonly string[];
  readonly platformRoles?: readonly string[];
  readonly scopes?: readonly string[];
}

/** Requirement of one `@RequireAuthentication()`. */
export interface AuthenticationSecurity {
  /** Seconds. */
  readonly within?: number;
  /** Methods that are all required (`amr`). */
  readonly methods?: readonly string[];
  /** Classes of which one is required (`acr`). */
  readonly levels?: readonly string[];
}

/** Returns the requirements of the rule of a route, as a document describes them. */
export function securityOf(rule: RouteRule, { tenancy }: SecuredApplication): RouteSecurity {
  const { access, tenantOptional, requirements, queryToken } = rule;
  if (access === 'public') return { access };
  const granted = requirements.filter(
    (one): one is GrantRequirement => one.kind === 'roles' || one.kind === 'permissions',
  );
  const all = (name: GrantList): readonly string[] =>
    granted.flatMap((one) => (one.match === 'all' && listOf(one) === name ? namesIn(one) : []));
  const any = (name: GrantList): readonly (readonly string[])[] =>
    granted.flatMap((one) => (one.match === 'any' && listOf(one) === name ? [namesIn(one)] : []));
  const listed = {
    permissions: all('permissions'),
    anyPermission: any('permissions'),
    platformPermissions: all('platformPermissions'),
    anyPlatformPermission: any('platformPermissions'),
    roles: all('roles'),
    anyRole: any('roles'),
    platformRoles: all('platformRoles'),
    anyPlatformRole: any('platformRoles'),
    scopes: requirements.flatMap((one) => (one.kind === 'scopes' ? one.scopes : [])),
    anyOf: requirements.flatMap((one) =>
      one.kind === 'any-of' ? [one.alternatives.map(alternativeOf)] : [],
    ),
    authentication: requirements.flatMap((one) =>
      one.kind === 'authentication' ? [authenticationOf(one)] : [],
    ),
    issuers: requirements.flatMap((one) => (one.kind === 'issuers' ? one.issuers : [])),
    policies: requirements.flatMap((one) => (one.kind === 'policy' ? [one.decorator] : [])),
  };
  return {
    access,
    ...(tenancy !== undefined && { tenant: tenantOptional ? 'optional' : 'required' }),
    ...withoutEmpty(listed),
    ...(requirements.some(({ kind }) => kind === 'proof') && { dpop: true }),
    ...(queryToken === true && { queryToken }),
  };
}

type GrantList = 'permissions' | 'roles' | 'platformPermissions' | 'platformRoles';

function listOf({ kind, authority }: GrantRequirement): GrantList {
  if (authority === 'tenant') return kind;
  return kind === 'roles' ? 'platformRoles' : 'platformPermissions';
}

function alternativeOf(one: Alternative): AlternativeSecurity {
  return one.kind === 'scopes' ? { scopes: one.scopes } : { [listOf(one)]: namesIn(one) };
}

function authenticationOf({
  within,
  methods,
  levels,
}: AuthenticationRequirement): AuthenticationSecurity {
  return { ...(within !== undefined && { within }), ...withoutEmpty({ methods, levels }) };
}

function withoutEmpty<Lists extends Readonly<Record<string, readonly unknown[]>>>(
  lists: Lists,
): Partial<Lists> {
  const kept: Partial<Lists> = { ...lists };
  for (const name in lists) {
    if (lists[name]?.length === 0) delete kept[name];
  }
  return kept;
}
