import { PatronusConfigurationError } from '../../errors/configuration.error.js';
import { isPolicy, type PolicyRequirement } from '../policies/policy-requirement.js';
import { needsGrants, type Requirement } from './requirement.js';
import type { RouteMark } from './route-mark.js';

/** Who may come in before any requirement is looked at. */
export type RouteAccess = 'public' | 'optional' | 'authenticated';

/** What a route asks for, from the decorators of its handler and of its controller. */
export interface RouteRule {
  readonly access: RouteAccess;
  /** Whether the route works outside of any tenant, too. */
  readonly tenantOptional: boolean;
  /** All must be met. Empty where `access` is `public` or `optional`. */
  readonly requirements: readonly Requirement[];
  /** Whether a requirement is about roles, permissions or a resource, which take a look-up. */
  readonly needsGrants: boolean;
  /** Whether the handler takes a token from the query; left out if it does not. */
  readonly queryToken?: true;
  /** Those of the requirements that are about a resource; left out where there are none. */
  readonly policies?: readonly PolicyRequirement[];
}

/** Whether a decorator says who may come in. A handler without one is for every known caller. */
export function hasRule({ access, requirements }: RouteRule): boolean {
  return access !== 'authenticated' || requirements.length > 0;
}

/** The marks on one target: a handler, its controller, or a class that the controller extends. */
export interface MarkedTarget {
  /** As it stands in error messages: `PatientsController.list`. */
  readonly name: string;
  readonly marks: readonly RouteMark[];
}

/**
 * Makes the rule of a route. Requirements of all targets add up, except the issuers that are accepted:
 * the target nearest to the handler names them. A target marked `@Public()` opens
 * what is beneath it unless something nearer to the handler closes it again.
 *
 * @param targets the handler first, then its controller, then what that extends
 * @throws {PatronusConfigurationError} where a target is marked `@Public()` and closed at once, or
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

/** Whether a requirement counts beside those of targets that are nearer to the handler. */
function isNotReplaced(nearer: readonly Requirement[]): (requirement: Requirement) => boolean {
  const isReplaced = nearer.some(({ kind }) => kind === 'issuers');
  return ({ kind }) => !isReplaced || kind !== 'issuers';
}

function refuseContradiction({ name, marks }: MarkedTarget): void {
  if (marks.filter(({ kind }) => kind === 'issuers').length > 1) {
    throw new PatronusConfigurationError(
      name,
      '@AcceptIssuers() stands there twice.',
      'Name all issuers in one: @AcceptIssuers(one, another).',
    );
  }
  const open = marks.some(({ kind }) => kind === 'public');
  const closed = marks.find((mark) => mark.kind === 'optional-auth' || isRequirement(mark));
  if (!open || closed === undefined) return;
  throw new PatronusConfigurationError(
    name,
    '@Public() stands beside a decorator that asks for a caller.',
    'Keep one: @Public() for everybody, @OptionalAuth() or @Require…() for those who are known.',
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
