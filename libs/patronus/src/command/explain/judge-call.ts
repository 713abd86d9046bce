import type { CanActivate, ExecutionContext, INestApplicationContext } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { AuthGuard } from '../../authentication/auth.guard.js';
import { Authenticator } from '../../authentication/authenticator.js';
import { Explainer } from '../../authorization/explanation/explainer.js';
import type { Explanation } from '../../authorization/explanation/explanation.js';
import { GrantsResolver } from '../../authorization/grants/grants-resolver.js';
import { PermissionPolicy } from '../../authorization/grants/permission-policy.js';
import { PermissionsGuard } from '../../authorization/permissions.guard.js';
import { RuleRegistry } from '../../authorization/rules/rule-registry.js';
import type { CoveredHandler } from '../../coverage/covered-handlers.js';
import { GuardsInForce, type RequiredGuard } from '../../coverage/guards-in-force.js';
import type { HandlerCoverage } from '../../coverage/handler-coverage.js';
import { PatronusError } from '../../errors/patronus.error.js';
import { bindScope, RequestScope, runInScope } from '../../identity/request-scope.js';
import { AuthEvents } from '../../observability/auth-events.js';
import { TenantPolicy } from '../../tenancy/tenant-policy.js';
import type { BoundHandler } from '../../transport/handler-explorer.js';
import { Transports } from '../../transport/transports.js';
import { whyRefused } from '../why-refused.js';
import { dryContext } from './dry-context.js';
import { DryDecisions } from './dry-decisions.js';
import { DryPolicies } from './dry-policies.js';
import { DryTransport } from './dry.transport.js';
import type { PresentedRequest } from './presented-request.js';

/** Verdict of the guards on a call. */
export interface Judgement {
  /** `depends` if everything is met but the policies, which were not run. */
  readonly verdict: 'allowed' | 'denied' | 'depends';
  readonly code?: string;
  readonly message?: string;
  /** Reason, for operators. */
  readonly reason?: string;
  readonly cause?: string;
  readonly unasked: readonly string[];
  readonly tenantFrom?: string;
  readonly explanation: Explanation;
}

/**
 * Runs the guards of the handler in their order, with parts that emit no event and load no
 * resource.
 */
export async function judgeCall(
  app: INestApplicationContext,
  { bound, coverage }: CoveredHandler,
  request: PresentedRequest,
): Promise<Judgement> {
  const part = <T>(type: abstract new (...args: never[]) => T): T =>
    app.get<T>(type, { strict: false });
  const rules = part(RuleRegistry);
  const tenancy = part(TenantPolicy);
  const authenticator = part(Authenticator);
  const transports = dryTransports(part(Transports), bound, request);
  const decisions = new DryDecisions(
    new AuthEvents(),
    transports,
    rules,
    part(Explainer),
    'operators',
  );
  const policies = new DryPolicies(rules, part(ModuleRef), part(PermissionPolicy), transports);
  const dry: Readonly<Record<RequiredGuard, CanActivate>> = {
    AuthGuard: new AuthGuard(rules, authenticator, tenancy, decisions, transports),
    PermissionsGuard: new PermissionsGuard(
      rules,
      part(GrantsResolver),
      decisions,
      policies,
      transports,
      tenancy,
    ),
  };
  const guards = part(GuardsInForce)
    .requiredGuardsBefore(bound)
    .map((name) => dry[name]);

  const scope = new RequestScope(undefined, (other) => authenticator.authenticate(other));
  const context = dryContext(bound, request);
  bindScope(request, scope);
  const error = await runInScope(scope, () => denialOf(coverage, guards, context));
  const known = transports.has(bound.type) ? (transports.scopeOf(context) ?? scope) : scope;
  await askForGrants(part(GrantsResolver), known);
  const unasked = coverage.enforces === 'parent' ? ['the fields above it'] : policies.unasked;
  return {
    ...(error === undefined
      ? { verdict: unasked.length > 0 ? 'depends' : 'allowed' }
      : { verdict: 'denied', ...wordsOf(error) }),
    unasked,
    ...(known.tenantId !== undefined && {
      tenantFrom: originOfTenant(known.tenantId, known, tenancy, request),
    }),
    explanation: part(Explainer).explain(rules.ruleOf(bound.owner, bound.handler), known),
  };
}

/** Runs one guard after the other, as Nest does. */
async function denialOf(
  { refusal, transport }: HandlerCoverage,
  guards: readonly CanActivate[],
  context: ExecutionContext,
): Promise<PatronusError | undefined> {
  try {
    for (const guard of guards) await guard.canActivate(context);
    if (refusal !== 'inheritance') return undefined;
    return new PatronusError('transport_unsupported', { reason: whyRefused(refusal, transport) });
  } catch (error) {
    if (error instanceof PatronusError) return error;
    throw error;
  }
}

/**
 * Returns replacements for HTTP, which is built in, and for the transports that the application
 * lists.
 */
function dryTransports(
  known: Transports,
  { type }: BoundHandler,
  request: PresentedRequest,
): Transports {
  const isListed = type !== 'http' && known.has(type);
  return new Transports(isListed ? [new DryTransport(type, request)] : []);
}

/** Looks up the grants if the guards did not, so that the explanation can name them. */
async function askForGrants(
  resolver: GrantsResolver,
  { identity, tenantId }: RequestScope,
): Promise<void> {
  if (identity === undefined) return;
  try {
    await resolver.grantsOf({ identity, tenantId });
  } catch {
    // The grants stay unknown. If they decide, the guards have reported the failure.
  }
}

function wordsOf({ code, message, reason, cause }: PatronusError) {
  return {
    code,
    message,
    ...(reason !== undefined && { reason }),
    ...(cause instanceof Error && { cause: cause.message }),
  };
}

function originOfTenant(
  tenant: string,
  { identity }: RequestScope,
  tenancy: TenantPolicy,
  { headers }: PresentedRequest,
): string {
  if (identity !== undefined && tenancy.tenantOf(identity) === tenant) return 'the token';
  if (tenancy.header !== undefined && headers[tenancy.header] === tenant) {
    return `the header ${tenancy.header}, and the memberships of the caller`;
  }
  return 'the host, the path or the only membership of the caller';
}
