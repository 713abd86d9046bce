import type { AuthenticationRequirement } from '../authorization/rules/authentication-requirement.js';
import {
  namesIn,
  type Alternative,
  type GrantRequirement,
} from '../authorization/rules/requirement.js';
import type { RouteAccess, RouteRule } from '../authorization/rules/route-rule.js';
import type { SecuredApplication } from './secured-application.js';

/** What an operation asks for: its extension `x-patronus`. Lists that would be empty are left out. */
export interface RouteSecurity {
  /** `public`: anybody. `optional`: nobody, or a caller. `authenticated`: a caller. */
  readonly access: RouteAccess;
  /** Whether a caller must come with a tenant. Left out where there are none, or nobody must. */
  readonly tenant?: 'required' | 'optional';
  /** All of them. */
  readonly permissions?: readonly string[];
  /** One of each list. */
  readonly anyPermission?: readonly (readonly string[])[];
  /** All of them. */
  readonly platformPermissions?: readonly string[];
  /** One of each list. */
  readonly anyPlatformPermission?: readonly (readonly string[])[];
  /** All of them. */
  readonly roles?: readonly string[];
  /** One of each list. */
  readonly anyRole?: readonly (readonly string[])[];
  /** All of them. */
  readonly platformRoles?: readonly string[];
  /** One of each list. */
  readonly anyPlatformRole?: readonly (readonly string[])[];
  /** All of them. */
  readonly scopes?: readonly string[];
  /** One alternative of each list (`@RequireAny()`). */
  readonly anyOf?: readonly (readonly AlternativeSecurity[])[];
  /** Each of them: how recently, in seconds, and how a person must have logged in. */
  readonly authentication?: readonly AuthenticationSecurity[];
  /** The token must come from one of them. */
  readonly issuers?: readonly string[];
  /** A token that is bound to a key, with a proof of that key. */
  readonly dpop?: true;
  /** Whether the token may stand in the query. Left out if it may not. */
  readonly queryToken?: true;
  /** As they are written: `@Authorize(CanEditAppointment)`. */
  readonly policies?: readonly string[];
}

/** One alternative of a `@RequireAny()`: all names of its one list. */
export interface AlternativeSecurity {
  readonly permissions?: readonly string[];
  readonly platformPermissions?: readonly string[];
  readonly roles?: readonly string[];
  readonly platformRoles?: readonly string[];
  readonly scopes?: readonly string[];
}

/** One `@RequireAuthentication()`. */
export interface AuthenticationSecurity {
  /** Seconds. */
  readonly within?: number;
  /** All of them (`amr`). */
  readonly methods?: readonly string[];
  /** One of them (`acr`). */
  readonly levels?: readonly string[];
}

/** What the rule of a route asks for, as a document tells it. */
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
