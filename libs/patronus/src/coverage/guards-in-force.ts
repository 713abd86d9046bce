import { AuthGuard as PassportGuard } from '@nestjs/passport';
import { AuthGuard } from '../authentication/auth.guard.js';
import { isMetByEveryCaller, isOfCredential } from '../authorization/rules/credential-requirement.js';
import { PermissionsGuard } from '../authorization/permissions.guard.js';
import { hasRule, type RouteRule } from '../authorization/rules/route-rule.js';
import type { RuledHandler } from '../authorization/rules/rule-registry.js';
import { isMarkedGuard } from '../identity/loaded-copies.js';
import type { HandlerType } from '../transport/handler-explorer.js';
import { type HandlerGuards, isField, isGuardOf } from '../transport/handler-guards.js';
import type { Transports } from '../transport/transports.js';

/** Guard of Patronus that a rule needs before its handler. */
export type RequiredGuard = 'AuthGuard' | 'PermissionsGuard';

/**
 * Effect of the guards before a handler on a call.
 *
 * - `rule`: they enforce the whole rule.
 * - `caller`: they require an authenticated caller, and nothing else of the rule.
 * - `nothing`: every call gets in.
 * - `parent`: the field of a GraphQL type has no guards; the fields above it have.
 * - `refusal`: every call is refused, because of a mistake in the set-up.
 */
export type Enforcement = 'rule' | 'caller' | 'nothing' | 'parent' | 'refusal';

/**
 * Cause for the refusal of every call of a handler: its transport is not listed, its microservice
 * does not inherit the guards, or `PermissionsGuard` runs without an `AuthGuard` before it.
 */
export type RefusalCause = 'transport' | 'inheritance' | 'order';

/** Guards before one handler, with their effect on its rule. */
export interface GuardReading {
  /** Names of all guards, in the order in which Nest runs them. */
  readonly guards: readonly string[];
  readonly enforces: Enforcement;
  readonly refusal?: RefusalCause;
  /** Guards that the rule needs, and that do not run before the handler, or run too late. */
  readonly missingGuards: readonly RequiredGuard[];
}

/** Base class of `AuthGuard` of Patronus, and of every `AuthGuard('patronus')` of Passport. */
const ThroughPassport = PassportGuard('patronus');

/** Returns the guard of Patronus that a guard is, extends or replaces. Undefined for any other. */
export function roleOfGuard(guard: unknown, type: HandlerType): RequiredGuard | undefined {
  if (isGuardOf(guard, PermissionsGuard)) return 'PermissionsGuard';
  if (isGuardOf(guard, AuthGuard)) return 'AuthGuard';
  // The guard of Passport authenticates HTTP requests only.
  if (type !== 'http' || !isGuardOf(guard, ThroughPassport)) return undefined;
  // `AuthGuard` of another copy follows the options of its own module.
  return isMarkedGuard(guard) ? undefined : 'AuthGuard';
}

/**
 * Determines the guards that run before a handler. Used by `coverage: 'enforce'`, `Coverage`, the
 * commands `routes` and `explain`, and OpenAPI documents.
 */
export class GuardsInForce {
  /**
   * @param provided - the guards of the container, which a test may have replaced
   * @param isClosed - true if calls of microservices that no `AuthGuard` has checked are refused
   */
  constructor(
    private readonly handlers: HandlerGuards,
    private readonly transports: Pick<Transports, 'has'>,
    private readonly provided: Readonly<Record<RequiredGuard, unknown>>,
    private readonly isClosed: boolean,
  ) {}

  /** Keeps the current global guards. Guards that are added later run before no route. */
  settle(): void {
    this.handlers.settle();
  }

  of(bound: Omit<RuledHandler, 'name'>): GuardReading {
    const guards = this.handlers.before(bound);
    const roles = this.rolesOf(guards, bound.type);
    const auth = roles.indexOf('AuthGuard');
    const permissions = roles.indexOf('PermissionsGuard');
    // The guard of another copy finds a caller by the options of its own module. Nothing is said of it.
    const isForeign = bound.type === 'http' && auth < 0 && guards.some(isMarkedGuard);
    const effect = isForeign
      ? { enforces: 'nothing' as const }
      : this.effectOf(bound, auth, permissions);
    return {
      guards: guards.map((guard, at) => nameOf(guard, roles[at])),
      ...effect,
      missingGuards: missingOf(bound.rule, effect, auth, permissions),
    };
  }

  /** Returns the guards of Patronus before a handler, in their order. */
  requiredGuardsBefore(bound: Omit<RuledHandler, 'name'>): readonly RequiredGuard[] {
    const roles = this.rolesOf(this.handlers.before(bound), bound.type);
    return roles.filter((role) => role !== undefined);
  }

  private rolesOf(
    guards: readonly unknown[],
    type: HandlerType,
  ): readonly (RequiredGuard | undefined)[] {
    return guards.map((guard, at) => {
      // A test may replace both guards with one object.
      if (guard === this.provided.PermissionsGuard && guards.indexOf(guard) < at) {
        return 'PermissionsGuard';
      }
      if (guard === this.provided.AuthGuard) return 'AuthGuard';
      if (guard === this.provided.PermissionsGuard) return 'PermissionsGuard';
      return roleOfGuard(guard, type);
    });
  }

  private effectOf(
    bound: Omit<RuledHandler, 'name'>,
    auth: number,
    permissions: number,
  ): Pick<GuardReading, 'enforces' | 'refusal'> {
    const { rule, type } = bound;
    if (auth < 0 && permissions < 0) {
      if (this.isClosed && type === 'rpc') return { enforces: 'refusal', refusal: 'inheritance' };
      return { enforces: isField(bound) ? 'parent' : 'nothing' };
    }
    if (!this.transports.has(type)) return { enforces: 'refusal', refusal: 'transport' };
    if (rule.access === 'public') return { enforces: 'rule' };
    if (rule.access === 'optional') return { enforces: auth < 0 ? 'nothing' : 'rule' };
    if (isLate(auth, permissions)) return { enforces: 'refusal', refusal: 'order' };
    return { enforces: permissions < 0 && needsPermissionsGuard(rule) ? 'caller' : 'rule' };
  }
}

/**
 * Returns the part of a rule that the guards before its handler enforce. Undefined if they enforce
 * nothing.
 */
export function ruleInForce(rule: RouteRule, { enforces }: GuardReading): RouteRule | undefined {
  if (enforces === 'nothing' || enforces === 'parent') return undefined;
  if (enforces !== 'caller') return rule;
  const { access, tenantOptional, queryToken } = rule;
  const open = { access, tenantOptional, requirements: [], needsGrants: false };
  return queryToken === true ? { ...open, queryToken } : open;
}

function missingOf(
  rule: RouteRule,
  { refusal }: Pick<GuardReading, 'refusal'>,
  auth: number,
  permissions: number,
): readonly RequiredGuard[] {
  const missing: RequiredGuard[] = [];
  // A closed microservice lacks the guards of the application, which is reported once for all of
  // it.
  if (rule.access === 'public' || refusal === 'inheritance') return missing;
  const isLateHere = rule.access === 'authenticated' && isLate(auth, permissions);
  if (isLateHere || (auth < 0 && hasRule(rule))) missing.push('AuthGuard');
  if (permissions < 0 && needsPermissionsGuard(rule)) missing.push('PermissionsGuard');
  return missing;
}

/** Returns true if `PermissionsGuard` runs before any guard has authenticated the caller. */
function isLate(auth: number, permissions: number): boolean {
  return permissions >= 0 && (auth < 0 || auth > permissions);
}

function needsPermissionsGuard({ requirements }: RouteRule): boolean {
  return requirements.some((one) => !(isOfCredential(one) && isMetByEveryCaller(one)));
}

function nameOf(guard: unknown, role: RequiredGuard | undefined): string {
  const type: unknown = typeof guard === 'function' ? guard : guard?.constructor;
  if (type === ThroughPassport) return "AuthGuard('patronus')";
  if (typeof type === 'function' && type !== Object && type.name !== '') {
    const isForeign = role === undefined && isMarkedGuard(guard);
    return isForeign ? `${type.name} of another copy of @patronus/nestjs` : type.name;
  }
  return role ?? String(guard);
}
