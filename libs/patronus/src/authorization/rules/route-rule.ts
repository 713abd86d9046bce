import { PatronusConfigurationError } from '../../errors/configuration.error.js';
import { isPolicy, type PolicyRequirement } from '../policies/policy-requirement.js';
import { needsGrants, type Requirement } from './requirement.js';
import type { RouteMark } from './route-mark.js';

/** Callers that a route admits before any requirement is checked. */
export type RouteAccess = 'public' | 'optional' | 'authenticated';

/** Requirements of a route, from the decorators of its handler and of its controller. */
export interface RouteRule {
  readonly access: RouteAccess;
  /** True if the route also works outside of any tenant. */
  readonly tenantOptional: boolean;
  /** Requirements that must all be met. Empty if `access` is `public` or `optional`. */
  readonly requirements: readonly Requirement[];
  /** True if a requirement concerns roles, permissions or a resource, which take a look-up. */
  readonly needsGrants: boolean;
  /** Present if the handler takes a token from the query. */
  readonly queryToken?: true;
  /** Requirements that concern a resource. Left out if there are none. */
  readonly policies?: readonly PolicyRequirement[];
}

/**
 * Returns true if a decorator states the rule. A handler without one is open to every authenticated
 * caller.
 */
export function hasRule({ access, requirements }: RouteRule): boolean {
  return access !== 'authenticated' || requirements.length > 0;
}

/** Marks on one target: a handler, its controller, or a class that the controller extends. */
export interface MarkedTarget {
  /** Name for error messages: `PatientsController.list`. */
  readonly name: string;
  readonly marks: readonly RouteMark[];
}

/**
 * Makes the rule of a route. The requirements of all targets add up. The accepted issuers do not:
 * the target nearest to the handler names them. A target marked `@Public()` opens everything
 * beneath it unless a target nearer to the handler closes it again.
 *
 * @param targets the handler first, then its controller, then the classes that it extends
 * @throws {PatronusConfigurationError} if a target is both marked `@Public()` and closed, or
 * accepts two lists of issuers
 */
export function compileRule(targets: readonly MarkedTarget[]): RouteRule {
  targets.forEach(refuseContradiction);
  const requirements: Requirement[] = [];
  let tenantOptional = false;
  let optional = false;
  for (const { marks } of targets) {
    tenantOptional ||= marks.some(({ kind }) => kind === 'tenant-optional');
    optional ||= marks.some(({ kind }) => kind === 'optional-auth');
    requirements.unshift(...marks.filter(isRequirement).filter(isNotReplaced(requirements)));
    if (!marks.some(({ kind }) => kind === 'public')) continue;
    if (!optional && requirements.length === 0) {
      return { access: 'public', tenantOptional, requirements, needsGrants: false };
    }
    break;
  }
  const access = optional && requirements.length === 0 ? 'optional' : 'authenticated';
  const policies = requirements.filter(isPolicy);
  const queryToken = targets[0]?.marks.some(({ kind }) => kind === 'query-token') === true;
  const rule = {
    access,
    tenantOptional,
    requirements,
    needsGrants: requirements.some(needsGrants),
    ...(queryToken && { queryToken }),
  } as const;
  return policies.length === 0 ? rule : { ...rule, policies };
}

/** Selects the requirements that no target nearer to the handler replaces. */
function isNotReplaced(nearer: readonly Requirement[]): (requirement: Requirement) => boolean {
  const isReplaced = nearer.some(({ kind }) => kind === 'issuers');
  return ({ kind }) => !isReplaced || kind !== 'issuers';
}

function refuseContradiction({ name, marks }: MarkedTarget): void {
  if (marks.filter(({ kind }) => kind === 'issuers').length > 1) {
    throw new PatronusConfigurationError(
      name,
      '@AcceptIssuers() is applied twice.',
      'Name all issuers in one: @AcceptIssuers(one, another).',
    );
  }
  const open = marks.some(({ kind }) => kind === 'public');
  const closed = marks.find((mark) => mark.kind === 'optional-auth' || isRequirement(mark));
  if (!open || closed === undefined) return;
  throw new PatronusConfigurationError(
    name,
    '@Public() is combined with a decorator that requires a caller.',
    'Keep one: @Public() does not read the credential, @OptionalAuth() and @Require…() do.',
  );
}

const NO_REQUIREMENTS: ReadonlySet<string> = new Set([
  'public',
  'optional-auth',
  'tenant-optional',
  'query-token',
]);

function isRequirement(mark: RouteMark): mark is Requirement {
  return !NO_REQUIREMENTS.has(mark.kind);
}
