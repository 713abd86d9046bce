import { Injectable } from '@nestjs/common';
import { PatronusError } from '../../errors/patronus.error.js';
import { textsOf } from '../../identity/claim-mapping.js';
import type { Identity } from '../../identity/identity.js';
import { member } from '../../identity/json-object.js';
import type { RequestScope } from '../../identity/request-scope.js';
import type { Authority } from '../authority.js';
import { isOfCredential, requireOfCredential } from '../credential-requirement.js';
import { GrantsResolver, type GrantsOrigin } from '../grants-resolver.js';
import type { RequiredPermission } from '../permission-matcher.js';
import { isPolicy } from '../policies/policy-requirement.js';
import { isMet, type Requirement } from '../requirement.js';
import type { RouteRule } from '../route-rule.js';
import type { Explanation, NeedExplanation, RequirementExplanation } from './explanation.js';
import { trailsTo, trailsToRole } from './grant-trails.js';
import { textOfRequirement } from './rule-text.js';

/** Says why a rule lets a caller in or not, from what is known by then. Asks nobody. */
@Injectable()
export class Explainer {
  constructor(private readonly resolver: GrantsResolver) {}

  explain(rule: RouteRule, scope: RequestScope): Explanation {
    const caller = scope.identity ?? scope.presented;
    const origin =
      scope.identity && this.resolver.known({ identity: scope.identity, tenantId: scope.tenantId });
    return {
      access: rule.access,
      tenantOptional: rule.tenantOptional,
      ...(caller && {
        caller: {
          user: caller.id,
          issuer: caller.issuer,
          provider: caller.provider,
          remembered: scope.remembered,
          scopes: caller.scopes,
        },
      }),
      ...(scope.tenantId !== undefined && { tenant: scope.tenantId }),
      ...(origin && { grants: textOfGrants(origin) }),
      requirements: rule.requirements.map((one) => explainRequirement(one, scope, origin)),
      ...(caller && readsClaims(origin) && hasUnreadRole(caller) && { notes: [UNREAD_ROLE] }),
    };
  }
}

const UNREAD_ROLE =
  'The token has a claim "role", which is not read: roles come from "roles". Map it with mapClaims.';

function readsClaims(origin: GrantsOrigin | undefined): boolean {
  return origin === undefined || origin.from === 'token';
}

/** Whether the caller has no role, and a claim `role` that gave none. */
function hasUnreadRole({ claims, roles, platformRoles }: Identity): boolean {
  const role = member(claims, 'role') ?? undefined;
  if (role === undefined || roles.length > 0) return false;
  return !textsOf(role).some((name) => platformRoles.includes(name));
}

function textOfGrants({
  grants,
  source,
  from,
  askedAt,
}: GrantsOrigin): NonNullable<Explanation['grants']> {
  return {
    source,
    from,
    ...(askedAt !== undefined && { askedAt: new Date(askedAt).toISOString() }),
    roles: grants.tenant.roles,
    permissions: [...grants.tenant.permissions],
    platformRoles: grants.platform.roles,
    platformPermissions: [...grants.platform.permissions],
  };
}

function explainRequirement(
  requirement: Requirement,
  scope: RequestScope,
  origin: GrantsOrigin | undefined,
): RequirementExplanation {
  const rule = textOfRequirement(requirement);
  if (isPolicy(requirement)) return { rule, met: undefined };
  if (isOfCredential(requirement)) {
    return { rule, met: scope.identity && isOfCredentialMet(requirement, scope) };
  }
  const authority = requirement.kind === 'platform-permissions' ? 'platform' : 'tenant';
  if (origin === undefined) return { rule, met: undefined, authority };
  const held = origin.grants[authority];
  const needs =
    requirement.kind === 'roles'
      ? requirement.roles.map((name) => needOfRole(held, name))
      : requirement.permissions.map((permission) => needOf(held, permission));
  return { rule, met: isMet(requirement, origin.grants), authority, needs };
}

function needOf(authority: Authority, required: RequiredPermission): NeedExplanation {
  const by = trailsTo(authority, required);
  const { name } = required;
  const held = authority.has(required);
  return { name, held, by, beyondScopes: by.length > 0 && !held };
}

function needOfRole(authority: Authority, name: string): NeedExplanation {
  const by = trailsToRole(authority, name);
  return { name, held: authority.hasRole(name), by, beyondScopes: false };
}

function isOfCredentialMet(requirement: Requirement, scope: RequestScope): boolean {
  if (scope.identity === undefined) return false;
  try {
    requireOfCredential([requirement], scope.identity, scope.proven);
    return true;
  } catch (error) {
    if (error instanceof PatronusError) return false;
    throw error;
  }
}
