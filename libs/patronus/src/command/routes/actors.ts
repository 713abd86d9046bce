import { lackedBy } from '../../coverage/coverage-report.js';
import type { HandlerCoverage } from '../../coverage/handler-coverage.js';
import type { AuthorityMap, RouteAuthority, RouteVerdicts } from './authority-map.js';
import type { Verdict } from './judge-rule.js';

/** Column of the matrix: a kind of caller whose access is listed. */
export interface Actor {
  /** Name as tables show it: `doctor`, `auditor (platform)`. */
  readonly name: string;
  readonly of: (may: RouteVerdicts) => Verdict;
}

const NOT_KNOWN: Verdict = { may: 'no', because: 'no such role' };

/** Lists every caller, every authenticated caller, then the roles of both authorities. */
export function actorsOf({ roles, platformRoles }: AuthorityMap): readonly Actor[] {
  return [
    { name: 'everybody', of: ({ everybody }) => everybody },
    { name: 'every known caller', of: ({ knownCallers }) => knownCallers },
    ...roles.map((name) => ({ name, of: (may: RouteVerdicts) => may.roles[name] ?? NOT_KNOWN })),
    ...platformRoles.map((name) => ({
      name: `${name} (platform)`,
      of: (may: RouteVerdicts) => may.platformRoles[name] ?? NOT_KNOWN,
    })),
  ];
}

/** Groups the handlers by transport. */
export function byTransport({
  routes,
}: AuthorityMap): readonly (readonly [string, readonly RouteAuthority[]])[] {
  const transports = [...new Set(routes.map(({ transport }) => transport))];
  return transports.map((one) => [one, routes.filter(({ transport }) => transport === one)]);
}

/** Returns the decorators of a handler as they are written, and the guards that it lacks. */
export function ruleText(route: HandlerCoverage): string {
  const { access, requires, tenantOptional, isRuled, enforces, missingGuards } = route;
  const rules = requires.length > 0 ? [...requires] : [ACCESS.get(access) ?? ''];
  if (!isRuled) rules.splice(0, 1, enforces === 'nothing' ? 'no rule, no guard' : 'no rule');
  if (tenantOptional) rules.push('@TenantOptional()');
  if (missingGuards.length > 0) rules.push(`lacks ${lackedBy(route)}`);
  return rules.filter((rule) => rule !== '').join(' ');
}

const ACCESS: ReadonlyMap<string, string> = new Map([
  ['public', '@Public()'],
  ['optional', '@OptionalAuth()'],
]);
