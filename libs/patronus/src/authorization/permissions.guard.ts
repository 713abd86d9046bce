import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { PatronusError } from '../errors/patronus.error.js';
import type { Identity } from '../identity/identity.js';
import { currentScope, type RequestScope, runInScope } from '../identity/request-scope.js';
import { Decisions } from '../observability/decisions.js';
import { Transports } from '../transport/transports.js';
import { isOfCredential, requireOfCredential } from './credential-requirement.js';
import { explainDenial } from './explain-denial.js';
import type { Grants } from './grants.js';
import { GrantsResolver } from './grants-resolver.js';
import { isPolicy } from './policies/policy-requirement.js';
import { ResourcePolicies } from './policies/resource-policies.js';
import { isMet, type Requirement } from './requirement.js';
import type { RouteRule } from './route-rule.js';
import { RuleRegistry } from './rule-registry.js';

/**
 * Lets a request through that meets what its route asks for. Comes after `AuthGuard`, which finds
 * out who the caller is. Answers at once where the grants of the caller are known, and no policy
 * has a resource to load.
 *
 * @throws {PatronusError} `guard_missing` if no `AuthGuard` ran before; `permission_denied`, `role_denied`, `scope_denied`,
 * `resource_not_found`, `provider_unavailable`, `transport_unsupported`
 */
@Injectable()
export class PermissionsGuard implements CanActivate {
  constructor(
    private readonly rules: RuleRegistry,
    private readonly grants: GrantsResolver,
    private readonly decisions: Decisions,
    private readonly policies: ResourcePolicies,
    private readonly transports: Transports,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const scope = this.scopeOf(context);
    if (scope === undefined || scope === currentScope()) return this.guard(context, scope);
    return runInScope(scope, () => this.guard(context, scope));
  }

  private scopeOf(context: ExecutionContext): RequestScope | undefined {
    try {
      return this.transports.scopeOf(context);
    } catch (error) {
      throw this.decisions.refuseUnseen(error, context);
    }
  }

  private guard(
    context: ExecutionContext,
    scope: RequestScope | undefined,
  ): boolean | Promise<boolean> {
    try {
      const allowed = this.check(context, scope);
      if (allowed === true) return this.allow(scope, context);
      return allowed
        .then(() => this.allow(scope, context))
        .catch((error: unknown) => this.deny(error, scope, context));
    } catch (error) {
      return this.deny(error, scope, context);
    }
  }

  private allow(scope: RequestScope | undefined, context: ExecutionContext): true {
    this.decisions.allow(scope, context);
    return true;
  }

  /** Whatever goes wrong inside the check, the request does not get through. */
  private deny(error: unknown, scope: RequestScope | undefined, context: ExecutionContext): never {
    const denial =
      error instanceof PatronusError
        ? error
        : new PatronusError('permission_denied', { reason: 'the check failed', cause: error });
    throw scope === undefined
      ? this.decisions.refuseUnseen(denial, context)
      : this.decisions.deny(denial, scope, context);
  }

  private check(context: ExecutionContext, scope: RequestScope | undefined): true | Promise<true> {
    const rule = this.rules.ruleOf(context.getClass(), context.getHandler());
    if (rule.access === 'public') return true;
    if (scope?.identity === undefined) {
      if (rule.access === 'optional' && rule.requirements.length === 0) return true;
      if (rule.access === 'optional') throw new PatronusError('token_missing');
      // AuthGuard lets no unknown caller through to such a rule.
      throw new PatronusError('guard_missing', {
        reason:
          'AuthGuard did not run before PermissionsGuard: write @UseGuards(AuthGuard, PermissionsGuard)',
      });
    }

    const { identity, tenantId } = scope;
    requireOfCredential(rule.requirements, identity, scope.proven);
    if (!rule.needsGrants) return true;
    const grants = this.grants.grantsOf({ identity, tenantId });
    if (!(grants instanceof Promise)) return this.decide(rule, grants, scope, identity, context);
    return grants.then((known) => this.decide(rule, known, scope, identity, context));
  }

  /** No resource is loaded for a caller who lacks what else the route asks for. */
  private decide(
    { requirements, policies }: RouteRule,
    grants: Grants,
    scope: RequestScope,
    identity: Identity,
    context: ExecutionContext,
  ): true | Promise<true> {
    requireGrants(requirements, grants, identity);
    if (policies === undefined) return true;
    return this.policies.require(policies, scope, identity, grants, context);
  }
}

function requireGrants(
  requirements: readonly Requirement[],
  grants: Grants,
  identity: Identity,
): void {
  for (const requirement of requirements) {
    if (isOfCredential(requirement) || isPolicy(requirement)) continue;
    if (isMet(requirement, grants)) continue;
    throw new PatronusError(requirement.kind === 'roles' ? 'role_denied' : 'permission_denied', {
      reason: explainDenial(requirement, grants, identity),
    });
  }
}
