import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { PatronusError } from '../errors/patronus.error.js';
import { currentScope, type RequestScope, runInScope } from '../identity/request-scope.js';
import { routeMatchOf } from '../transport/route-match.js';
import { Transports } from '../transport/transports.js';
import { checkRequirements } from './rules/check-requirements.js';
import { DecisionLog } from './decision-log.js';
import type { Grants } from './grants/grants.js';
import { GrantsResolver } from './grants/grants-resolver.js';
import { ResourcePolicies } from './policies/resource-policies.js';
import { RuleRegistry } from './rules/rule-registry.js';
import { TenantRequirement } from './tenant-requirement.js';

/**
 * Lets a request through that meets the requirements of its route. Runs after `AuthGuard`, which
 * authenticates the caller. Synchronous if the grants of the caller are cached, and no policy has
 * to load a resource.
 *
 * @throws {PatronusError} `guard_missing` if no `AuthGuard` ran before; `tenant_required`,
 * `permission_denied`, `role_denied`, `scope_denied`, `resource_not_found`, `provider_unavailable`,
 * `transport_unsupported`
 */
@Injectable()
export class PermissionsGuard implements CanActivate {
  constructor(
    private readonly rules: RuleRegistry,
    private readonly grants: GrantsResolver,
    private readonly decisions: DecisionLog,
    private readonly policies: ResourcePolicies,
    private readonly transports: Transports,
    private readonly tenancy: TenantRequirement,
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
    if (isAllowed(scope, context)) return true;
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
    if (scope === undefined) return true;
    scope.owner = context.getClass();
    scope.handler = context.getHandler();
    if (context.getType() !== 'http') scope.context = context;
    scope.allowedAs = scope.identity;
    scope.allowedIn = scope.tenantId;
    scope.allowedMatch = routeMatchOf(context);
    return true;
  }

  /** Denies the request, for any error inside the check. */
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
      // AuthGuard lets no unknown caller reach such a rule.
      throw new PatronusError('guard_missing', {
        reason: 'AuthGuard did not run before PermissionsGuard',
        remedy: 'Write @UseGuards(AuthGuard, PermissionsGuard), in this order.',
      });
    }

    const { identity } = scope;
    // AuthGuard('patronus') of @nestjs/passport does not check rules.
    this.tenancy.require(identity, scope.tenantId, rule.tenantOptional);
    const grants = checkRequirements(rule, identity, scope, this.grants);
    const { policies } = rule;
    if (policies === undefined)
      return grants instanceof Promise ? grants.then((): true => true) : true;
    // No resource is loaded for a caller who does not meet the other requirements of the route.
    const decide = (known: Grants) =>
      this.policies.require(policies, scope, identity, known, context);
    return grants instanceof Promise ? grants.then(decide) : decide(grants);
  }
}

/**
 * True if a guard has already allowed this handler. A global guard and one of `@UseGuards()` may
 * both run before it.
 */
function isAllowed(scope: RequestScope | undefined, context: ExecutionContext): boolean {
  return (
    scope?.identity !== undefined &&
    scope.handler === context.getHandler() &&
    scope.owner === context.getClass() &&
    scope.allowedMatch === routeMatchOf(context) &&
    (scope.context === undefined || scope.context === context) &&
    scope.allowedAs === scope.identity &&
    scope.allowedIn === scope.tenantId
  );
}
