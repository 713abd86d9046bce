import { Injectable } from '@nestjs/common';
import { PatronusError } from '../../errors/patronus.error.js';
import { textsOf } from '../../identity/claim-mapping.js';
import type { Identity } from '../../identity/identity.js';
import { member } from '../../identity/json-object.js';
import type { RequestScope } from '../../identity/request-scope.js';
import type { Authority } from '../grants/authority.js';
import { isOfCredential, requireOfCredential } from '../rules/credential-requirement.js';
import { GrantsResolver, type GrantsOrigin } from '../grants/grants-resolver.js';
import type { RequiredPermission } from '../grants/permission-matcher.js';
import { isPolicy } from '../policies/policy-requirement.js';
import { isGranted, type Requirement } from '../rules/requirement.js';
import type { RouteRule } from '../rules/route-rule.js';
import type { Explanation, NeedExplanation, RequirementExplanation } from './explanation.js';
import { trailsTo, trailsToRole } from './grant-trails.js';
import { textInCode, textOfRequirement } from './rule-text.js';

/** Explains why a rule lets a caller in or not, from cached facts. Makes no look-up. */
@Injectable()
export class Explainer {
  constructor(private readonly resolver: GrantsResolver) {}

  /** @param textOf - writes a requirement as the source code that asks for it does */
  explain(rule: RouteRule, scope: RequestScope, textOf = textOfRequirement): Explanation {
    const caller = scope.identity ?? scope.presented;
    const { identity, tenantId, crossing } = scope;
    const origin = identity && this.resolver.known({ identity, tenantId, crossing });
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
      requirements: rule.requirements.map((one) => explainRequirement(one, scope, origin, textOf)),
      ...(caller && readsClaims(origin) && hasUnreadRole(caller) && { notes: [UNREAD_ROLE] }),
    };
  }
}

const UNREAD_ROLE =
  'The token has a claim "role", which is not read: roles come from "roles". Map it with mapClaims.';

function readsClaims(origin: GrantsOrigin | undefined): boolean {
  return origin === undefined || origin.from === 'token';
}

/** Returns true if the caller has no role, but has a claim `role` that was not read. */
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
  textOf: typeof textOfRequirement,
): RequirementExplanation {
  const rule = textOf(requirement);
  if (isPolicy(requirement)) return { rule, met: undefined };
  if (isOfCredential(requirement)) {
    return { rule, met: scope.identity && isOfCredentialMet(requirement, scope) };
  }
  if (requirement.kind === 'any-of') {
    const alternatives = requirement.alternatives.map((one) =>
      explainRequirement(one, scope, origin, textInCode),
    );
    return { rule, met: isAnyMet(alternatives), alternatives };
  }
  const { authority } = requirement;
  if (origin === undefined) return { rule, met: undefined, authority };
  const held = origin.grants[authority];
  const needs =
    requirement.kind === 'roles'
      ? requirement.roles.map((name) => needOfRole(held, name))
      : requirement.permissions.map((permission) => needOf(held, permission));
  return { rule, met: isGranted(requirement, origin.grants), authority, needs };
}

/** Undefined if no alternative is known to be met, and at least one could not be checked. */
function isAnyMet(alternatives: readonly RequirementExplanation[]): boolean | undefined {
  if (alternatives.some(({ met }) => met === true)) return true;
  return alternatives.some(({ met }) => met === undefined) ? undefined : false;
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
