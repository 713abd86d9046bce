import { type ExecutionContext, Injectable, type Type } from '@nestjs/common';
import { AuthGuard as PassportGuard } from '@nestjs/passport';
import type { RouteRule } from '../authorization/rules/route-rule.js';
import { RuleRegistry } from '../authorization/rules/rule-registry.js';
import { PatronusError } from '../errors/patronus.error.js';
import { Identity } from '../identity/identity.js';
import { markGuard } from '../identity/loaded-copies.js';
import { currentScope, type RequestScope, runInScope } from '../identity/request-scope.js';
import { Decisions } from '../observability/decisions.js';
import { TenantPolicy } from '../tenancy/tenant-policy.js';
import type { GuardedRequest } from '../transport/guarded-request.js';
import { routeMatchOf } from '../transport/route-match.js';
import { Transports } from '../transport/transports.js';
import { Authenticator } from './authenticator.js';

/** Part of the guard of `@nestjs/passport` that is used here. */
interface PassportContract {
  canActivate(context: ExecutionContext): unknown;
  getRequest(context: ExecutionContext): unknown;
  handleRequest(
    error: unknown,
    identity: unknown,
    info: unknown,
    context: ExecutionContext,
  ): Identity | null;
}

const ThroughPassport: Type<PassportContract> = PassportGuard('patronus');

/**
 * Authenticates the caller of a request, and determines its tenant.
 *
 * A cached token is accepted synchronously. Any other goes through Passport's strategy `patronus`
 * to the identity provider.
 */
@Injectable()
export class AuthGuard extends ThroughPassport {
  constructor(
    private readonly rules: RuleRegistry,
    private readonly authenticator: Authenticator,
    private readonly tenancy: TenantPolicy,
    private readonly decisions: Decisions,
    private readonly transports: Transports,
  ) {
    super();
  }

  override canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const scope = this.#open(context);
    if (scope === currentScope()) return this.#guard(context, scope);
    return runInScope(scope, () => this.#guard(context, scope));
  }

  /** Returns the request that Passport authenticates, on any transport. */
  override getRequest(context: ExecutionContext): unknown {
    return this.transports.requestOf(context);
  }

  /**
   * Returns the identity, or throws the error, that authentication ended with. Override it to map
   * identities, or to let an error pass: null makes the caller anonymous, which only
   * `@OptionalAuth()` routes accept.
   */
  override handleRequest(
    error: unknown,
    identity: unknown,
    _info: unknown,
    context: ExecutionContext,
  ): Identity | null {
    if (error instanceof PatronusError && error.code === 'token_missing') {
      const rule = this.rules.ruleOf(context.getClass(), context.getHandler());
      if (rule.access === 'optional') return null;
    }
    if (error instanceof Error) throw error;
    if (error) throw new Error('Authentication failed.', { cause: error });
    if (identity instanceof Identity) return identity;
    throw new PatronusError('token_invalid', { reason: 'the token gave no identity' });
  }

  readonly #authenticateRequest: RequestScope['authenticate'] = (request) =>
    this.authenticator.authenticate(request);

  #open(context: ExecutionContext): RequestScope {
    try {
      return this.transports.open(context, this.#authenticateRequest);
    } catch (error) {
      throw this.decisions.refuseUnseen(error, context);
    }
  }

  #guard(context: ExecutionContext, scope: RequestScope): boolean | Promise<boolean> {
    const rule = this.rules.ruleOf(context.getClass(), context.getHandler());
    scope.isPublic = rule.access === 'public';
    if (scope.isPublic) return true;
    try {
      if (rule.queryToken === true) {
        this.authenticator.allowQueryToken(scope, this.transports.requestOf(context));
      }
      const answer = this.#authenticate(context, rule, scope);
      if (!(answer instanceof Promise)) return this.#admit(context, scope);
      return answer
        .then(() => this.#admit(context, scope))
        .catch((error: unknown) => this.#deny(error, scope, context));
    } catch (error) {
      return this.#deny(error, scope, context);
    }
  }

  #authenticate(
    context: ExecutionContext,
    rule: RouteRule,
    scope: RequestScope,
  ): boolean | Promise<boolean> {
    const request = this.transports.requestOf(context);
    if (scope.identity !== undefined) {
      const isSame = scope.admittedMatch === routeMatchOf(context);
      if (isSame) return this.#requireTenant(scope.identity, rule, scope);
      return this.#admitTo(scope.identity, rule, scope, request);
    }
    const known = scope.around?.identity ?? this.#recall(request, context);
    if (known === undefined) return this.#throughPassport(context, rule, scope, request);
    return this.#settle(known, rule, scope, request);
  }

  #recall(request: GuardedRequest, context: ExecutionContext): Identity | null | undefined {
    let known: Identity | undefined;
    try {
      known = this.authenticator.recall(request);
    } catch (error) {
      return this.handleRequest(error, false, undefined, context);
    }
    return known && this.handleRequest(null, known, undefined, context);
  }

  async #throughPassport(
    context: ExecutionContext,
    rule: RouteRule,
    scope: RequestScope,
    request: GuardedRequest,
  ): Promise<boolean> {
    await super.canActivate(context);
    const identity = request.user instanceof Identity ? request.user : null;
    return this.#settle(identity, rule, scope, request);
  }

  #admit(context: ExecutionContext, scope: RequestScope): true {
    scope.admittedMatch = routeMatchOf(context);
    scope.around?.learn(scope);
    this.transports.of(context).admitted(context, scope);
    return true;
  }

  #deny(error: unknown, scope: RequestScope, context: ExecutionContext): never {
    throw this.decisions.deny(error, scope, context);
  }

  #settle(
    identity: Identity | null,
    rule: RouteRule,
    scope: RequestScope,
    request: GuardedRequest,
  ): boolean | Promise<boolean> {
    if (identity === null) {
      scope.identity = undefined;
      scope.tenantId = undefined;
      scope.proven = false;
      if (rule.access === 'optional') return true;
      throw new PatronusError('token_missing', { reason: 'the caller was made anonymous' });
    }
    request.user = identity;
    if (identity === scope.identity) return this.#requireTenant(identity, rule, scope);
    return this.#admitTo(identity, rule, scope, request);
  }

  #admitTo(
    identity: Identity,
    rule: RouteRule,
    scope: RequestScope,
    request: GuardedRequest,
  ): boolean | Promise<boolean> {
    const admitted = this.authenticator.admit(identity, scope, request);
    return admitted instanceof Promise
      ? admitted.then(() => this.#enter(identity, rule, scope, request))
      : this.#enter(identity, rule, scope, request);
  }

  /** Sets the caller with its account on the request, and requires its tenant. */
  #enter(
    identity: Identity,
    rule: RouteRule,
    scope: RequestScope,
    request: GuardedRequest,
  ): boolean {
    request.user = scope.identity;
    return this.#requireTenant(identity, rule, scope);
  }

  #requireTenant(identity: Identity, rule: RouteRule, { tenantId }: RequestScope): boolean {
    this.tenancy.require(identity, tenantId, rule.tenantOptional);
    return true;
  }
}

markGuard(AuthGuard);
