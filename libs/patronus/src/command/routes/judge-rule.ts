import {
  isMetByEveryCaller,
  isOfCredential,
} from '../../authorization/rules/credential-requirement.js';
import type { GrantTrail } from '../../authorization/explanation/explanation.js';
import { trailsTo, trailsToRole } from '../../authorization/explanation/grant-trails.js';
import { textInCode, textOfRequirement } from '../../authorization/explanation/rule-text.js';
import type { Grants } from '../../authorization/grants/grants.js';
import { isPolicy } from '../../authorization/policies/policy-requirement.js';
import {
  isGranted,
  type AnyOfRequirement,
  type GrantRequirement,
} from '../../authorization/rules/requirement.js';
import type { RouteRule } from '../../authorization/rules/route-rule.js';

/** Verdict on whether a caller may make a call, with its reason. */
export interface Verdict {
  /**
   * `depends`: on the resource, the scopes of the token, its key, or the authentication of its
   * owner.
   */
  readonly may: 'yes' | 'no' | 'depends';
  readonly because: string;
}

/**
 * Judges a rule.
 *
 * @param grants - grants of the caller, or undefined for a caller that is not authenticated
 */
export function judgeRule(rule: RouteRule, grants: Grants | undefined): Verdict {
  if (rule.access !== 'authenticated') return { may: 'yes', because: `@${rule.access}` };
  if (grants === undefined) return { may: 'no', because: 'needs a known caller' };
  const held: string[] = [];
  const conditions: string[] = [];
  for (const requirement of rule.requirements) {
    if (isPolicy(requirement) || isOfCredential(requirement)) {
      if (isPolicy(requirement) || !isMetByEveryCaller(requirement)) {
        conditions.push(textOfRequirement(requirement));
      }
      continue;
    }
    const judged =
      requirement.kind === 'any-of'
        ? judgeAlternatives(requirement, grants)
        : judgeGrant(requirement, grants);
    if (judged.lacks !== undefined) return { may: 'no', because: `lacks ${judged.lacks}` };
    held.push(...judged.held);
    conditions.push(...judged.conditions);
  }
  const because = [...new Set(held)].join('; ');
  if (conditions.length === 0) return { may: 'yes', because: because || 'open to known callers' };
  const condition = `depends on ${conditions.join(', ')}`;
  return { may: 'depends', because: because === '' ? condition : `${condition}; ${because}` };
}

/**
 * Judgement on one requirement: the ways in which it is met, what it depends on, or what is
 * lacking.
 */
interface Judged {
  readonly held: readonly string[];
  readonly conditions: readonly string[];
  readonly lacks: string | undefined;
}

function judgeGrant(requirement: GrantRequirement, grants: Grants): Judged {
  return isGranted(requirement, grants)
    ? { held: waysTo(requirement, grants), conditions: [], lacks: undefined }
    : { held: [], conditions: [], lacks: lacking(requirement, grants) };
}

/**
 * Judges alternatives, of which one is enough. If none is met, the scopes of the token may decide.
 */
function judgeAlternatives({ alternatives }: AnyOfRequirement, grants: Grants): Judged {
  const scopes = alternatives.flatMap((one) => (one.kind === 'scopes' ? [textInCode(one)] : []));
  const judged = alternatives.flatMap((one) =>
    one.kind === 'scopes' ? [] : [judgeGrant(one, grants)],
  );
  const met = judged.filter(({ lacks }) => lacks === undefined);
  if (met.length > 0) {
    return { held: met.flatMap(({ held }) => held), conditions: [], lacks: undefined };
  }
  if (scopes.length > 0) return { held: [], conditions: [scopes.join(' or ')], lacks: undefined };
  const lacks = judged.map((one) => one.lacks).join(', or ');
  return { held: [], conditions: [], lacks };
}

/** Returns the first way to each name that is required and held. */
function waysTo(requirement: GrantRequirement, grants: Grants): readonly string[] {
  const authority = grants[requirement.authority];
  return requirement.kind === 'roles'
    ? requirement.roles.flatMap((role) => wayOf(role, trailsToRole(authority, role)))
    : requirement.permissions.flatMap((one) => wayOf(one.name, trailsTo(authority, one)));
}

function wayOf(name: string, [trail]: readonly GrantTrail[]): readonly string[] {
  return trail === undefined ? [] : [textOfTrail(name, trail)];
}

/** Formats a trail: `patients.read through doctor → receptionist (patients.*)`. */
export function textOfTrail(name: string, { pattern, through }: GrantTrail): string {
  const way = through.length === 0 ? '' : ` through ${through.join(' → ')}`;
  return pattern === name ? `${name}${way}` : `${name}${way} (${pattern})`;
}

function lacking(requirement: GrantRequirement, grants: Grants): string {
  const authority = grants[requirement.authority];
  const names =
    requirement.kind === 'roles'
      ? requirement.roles.filter((role) => !authority.hasRole(role))
      : requirement.permissions.filter((one) => !authority.has(one)).map(({ name }) => name);
  const what = requirement.kind === 'roles' ? 'the role ' : '';
  const where = requirement.authority === 'platform' ? ' on the platform' : '';
  return `${what}${names.join(requirement.match === 'any' ? ' or ' : ', ')}${where}`;
}
