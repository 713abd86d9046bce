import type { INestApplicationContext } from '@nestjs/common';
import type { Grants } from '../../authorization/grants/grants.js';
import { PermissionPolicy } from '../../authorization/grants/permission-policy.js';
import { type CoveredHandler, CoveredHandlers } from '../../coverage/covered-handlers.js';
import { misguidedHandlers, sentenceOf } from '../../coverage/coverage-report.js';
import { ruleInForce } from '../../coverage/guards-in-force.js';
import type { HandlerCoverage } from '../../coverage/handler-coverage.js';
import { UngrantedNames } from '../../coverage/ungranted-names.js';
import { UnknownIssuers } from '../../coverage/unknown-issuers.js';
import { whyRefused } from '../why-refused.js';
import { judgeRule, type Verdict } from './judge-rule.js';

/** Verdicts on the callers of one handler, by role alone, regardless of their other grants. */
export interface RouteVerdicts {
  readonly everybody: Verdict;
  readonly knownCallers: Verdict;
  /** Verdicts by role of `permissions.roles`. */
  readonly roles: Readonly<Record<string, Verdict>>;
  /** Verdicts by role of `permissions.platformRoles`. */
  readonly platformRoles: Readonly<Record<string, Verdict>>;
}

export interface RouteAuthority extends HandlerCoverage {
  readonly may: RouteVerdicts;
}

/**
 * Map of the calls that each role may make. The order is always the same, so that two maps can be
 * compared.
 */
export interface AuthorityMap {
  /** Sentences on what limits or widens all of it. */
  readonly notes: readonly string[];
  readonly roles: readonly string[];
  readonly platformRoles: readonly string[];
  readonly routes: readonly RouteAuthority[];
}

/**
 * Builds the map. Calls no permission source: the permissions of the roles in the options are known
 * once the providers are created.
 *
 * @param notes - further sentences on the whole map
 */
export function authorityMap(
  app: INestApplicationContext,
  notes: readonly string[] = [],
): AuthorityMap {
  const policy = app.get(PermissionPolicy, { strict: false });
  const names = policy.roleNames();
  const [roles, platformRoles] = [names.tenant.toSorted(), names.platform.toSorted()];
  const nothing = policy.compile({});
  const mayOf = (handler: CoveredHandler): RouteVerdicts => ({
    everybody: judge(handler),
    knownCallers: judge(handler, nothing),
    roles: byName(roles, (role) => judge(handler, policy.compile({ roles: [role] }))),
    platformRoles: byName(platformRoles, (role) =>
      judge(handler, policy.compile({ platformRoles: [role] })),
    ),
  });
  const handlers = app.get(CoveredHandlers, { strict: false }).inOrder();
  const routes = handlers.map((handler) => ({ ...handler.coverage, may: mayOf(handler) }));
  const misspelt = [UngrantedNames, UnknownIssuers].flatMap((one) =>
    app.get<UngrantedNames | UnknownIssuers>(one, { strict: false }).sentences(),
  );
  const all = [...notesOn(policy, routes, nothing), ...misspelt, ...notes];
  return { notes: all, roles, platformRoles, routes };
}

function byName(
  roles: readonly string[],
  judgeRole: (role: string) => Verdict,
): Readonly<Record<string, Verdict>> {
  return Object.fromEntries(roles.map((role) => [role, judgeRole(role)]));
}

/**
 * Determines what the guards of a handler let a caller do that has these grants, or is not
 * authenticated.
 */
function judge({ bound, coverage }: CoveredHandler, grants?: Grants): Verdict {
  const { refusal, transport } = coverage;
  if (refusal !== undefined) return { may: 'no', because: whyRefused(refusal, transport) };
  if (coverage.enforces === 'parent') return { may: 'depends', because: 'the fields above it' };
  const rule = ruleInForce(bound.rule, coverage);
  if (rule !== undefined) return judgeRule(rule, grants);
  return { may: 'yes', because: bound.rule.access === 'public' ? '@public' : 'no guard' };
}

function notesOn(
  policy: PermissionPolicy,
  routes: readonly HandlerCoverage[],
  nothing: Grants,
): string[] {
  const notes = misguidedHandlers(routes).map(sentenceOf);
  if (policy.limit(nothing, []) !== nothing) {
    notes.push('permissions.scopes: a permission also needs a scope of the token that covers it.');
  }
  return notes;
}
