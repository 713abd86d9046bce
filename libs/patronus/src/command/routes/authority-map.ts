import type { INestApplicationContext } from '@nestjs/common';
import { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import type { Grants } from '../../authorization/grants/grants.js';
import { PermissionPolicy } from '../../authorization/grants/permission-policy.js';
import { PermissionsGuard } from '../../authorization/permissions.guard.js';
import { type RuledHandler, RuleRegistry } from '../../authorization/rules/rule-registry.js';
import { coveredHandlers, inOrder } from '../../coverage/covered-handlers.js';
import type { HandlerCoverage } from '../../coverage/handler-coverage.js';
import { Transports } from '../../transport/transports.js';
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

/** Asks nobody: what the roles of the options may do is known once the providers are made. */
export function authorityMap(app: INestApplicationContext): AuthorityMap {
  const policy = app.get(PermissionPolicy, { strict: false });
  const config = app.get(ApplicationConfig, { strict: false });
  const registry = app.get(RuleRegistry, { strict: false });
  const modules = app.get(ModulesContainer, { strict: false });
  const names = policy.roleNames();
  const [roles, platformRoles] = [names.tenant.toSorted(), names.platform.toSorted()];
  const nothing = policy.compile({});
  const transports = app.get(Transports, { strict: false });
  const mayOf = ({ type, rule }: RuledHandler): RouteVerdicts => {
    const judge = (grants?: Grants) =>
      transports.has(type) ? judgeRule(rule, grants) : notListed(type);
    return {
      everybody: judge(),
      knownCallers: judge(nothing),
      roles: byName(roles, (role) => judge(policy.compile({ roles: [role] }))),
      platformRoles: byName(platformRoles, (role) =>
        judge(policy.compile({ platformRoles: [role] })),
      ),
    };
  };
  const handlers = inOrder(coveredHandlers(registry, config, modules));
  const routes = handlers.map(({ bound, coverage }) => ({ ...coverage, may: mayOf(bound) }));
  return { notes: notesOn(policy, config, nothing), roles, platformRoles, routes };
}

function byName(
  roles: readonly string[],
  judge: (role: string) => Verdict,
): Readonly<Record<string, Verdict>> {
  return Object.fromEntries(roles.map((role) => [role, judge(role)]));
}

/** The guards refuse every call, whatever stands on the handler. */
function notListed(transport: string): Verdict {
  return { may: 'no', because: `${transport} is not among the transports of PatronusModule` };
}

function notesOn(policy: PermissionPolicy, config: ApplicationConfig, nothing: Grants): string[] {
  const notes: string[] = [];
  if (!config.getGlobalGuards().some((guard) => guard instanceof PermissionsGuard)) {
    notes.push(
      "guards: 'manual': this holds only where AuthGuard and PermissionsGuard stand on the handler.",
    );
  }
  if (policy.limit(nothing, []) !== nothing) {
    notes.push('permissions.scopes: a permission also needs a scope of the token that covers it.');
  }
  return notes;
}
