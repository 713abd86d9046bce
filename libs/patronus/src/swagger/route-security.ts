import type { AuthenticationRequirement } from '../authorization/authentication-requirement.js';
import type { RouteAccess, RouteRule } from '../authorization/route-rule.js';
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
  /** All of them. */
  readonly roles?: readonly string[];
  /** All of them. */
  readonly scopes?: readonly string[];
  /** Each of them: how recently, in seconds, and how a person must have logged in. */
  readonly authentication?: readonly AuthenticationSecurity[];
  /** A token that is bound to a key, with a proof of that key. */
  readonly dpop?: true;
  /** Whether the token may stand in the query. Left out if it may not. */
  readonly queryToken?: true;
  /** As they are written: `@Authorize(CanEditAppointment)`. */
  readonly policies?: readonly string[];
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
  const permissions = (asked: string): readonly string[] =>
    requirements.flatMap((one) =>
      'permissions' in one && one.kind === asked ? one.permissions.map(({ name }) => name) : [],
    );
  const anyPermission = requirements.flatMap((one) =>
    one.kind === 'any-permission' ? [one.permissions.map(({ name }) => name)] : [],
  );
  const authentication = requirements.flatMap((one) =>
    one.kind === 'authentication' ? [authenticationOf(one)] : [],
  );
  const listed = {
    permissions: permissions('all-permissions'),
    anyPermission,
    platformPermissions: permissions('platform-permissions'),
    roles: requirements.flatMap((one) => (one.kind === 'roles' ? one.roles : [])),
    scopes: requirements.flatMap((one) => (one.kind === 'scopes' ? one.scopes : [])),
    authentication,
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
