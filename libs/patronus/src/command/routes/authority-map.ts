import type { INestApplicationContext } from '@nestjs/common';
import type { Grants } from '../../authorization/grants/grants.js';
import { PermissionPolicy } from '../../authorization/grants/permission-policy.js';
import { type CoveredHandler, CoveredHandlers } from '../../coverage/covered-handlers.js';
import { misguidedHandlers, sentenceOf } from '../../coverage/coverage-report.js';
import { ruleInForce } from '../../coverage/guards-in-force.js';
import type { HandlerCoverage } from '../../coverage/handler-coverage.js';
import { UngrantedNames } from '../../coverage/ungranted-names.js';
import { whyRefused } from '../why-refused.js';
import { judgeRule, type Verdict } from './judge-rule.js';

/** Who may call one handler: by role alone, whatever else a caller may hold. */
export interface RouteVerdicts {
  readonly everybody: Verdict;
  readonly knownCallers: Verdict;
  /** By role of `permissions.roles`. */
  readonly roles: Readonly<Record<string, Verdict>>;
  /** By role of `permissions.platformRoles`. */
  readonly platformRoles: Readonly<Record<string, Verdict>>;
}

export interface RouteAuthority extends HandlerCoverage {
  readonly may: RouteVerdicts;
}

/** Who may do what. The order is always the same, so that two of them can be compared. */
export interface AuthorityMap {
  /** What limits or widens all of it, in sentences. */
  readonly notes: readonly string[];
  readonly roles: readonly string[];
  readonly platformRoles: readonly string[];
  readonly routes: readonly RouteAuthority[];
}

/**
 * Calls no source: what the roles of the options may do is known once the providers are made.
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
  const ungranted = app.get(UngrantedNames, { strict: false }).sentences();
  const all = [...notesOn(policy, routes, nothing), ...ungranted, ...notes];
  return { notes: all, roles, platformRoles, routes };
}

function byName(
  roles: readonly string[],
  judgeRole: (role: string) => Verdict,
): Readonly<Record<string, Verdict>> {
  return Object.fromEntries(roles.map((role) => [role, judgeRole(role)]));
}

/** What the guards before a handler let a caller do, who holds these grants or is not known. */
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
