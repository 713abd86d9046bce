import { isMetByEveryCaller, isOfCredential } from '../../authorization/credential-requirement.js';
import type { GrantTrail } from '../../authorization/explanation/explanation.js';
import { trailsTo, trailsToRole } from '../../authorization/explanation/grant-trails.js';
import { textOfRequirement } from '../../authorization/explanation/rule-text.js';
import type { Grants } from '../../authorization/grants.js';
import { isPolicy } from '../../authorization/policies/policy-requirement.js';
import { isMet, type GrantRequirement } from '../../authorization/requirement.js';
import type { RouteRule } from '../../authorization/route-rule.js';

/** Whether somebody may call something, and why. */
export interface Verdict {
  /** `depends`: on the resource, the scopes of the token, its key, or how its owner logged in. */
  readonly may: 'yes' | 'no' | 'depends';
  readonly because: string;
}

/** @param grants - what the caller holds, or undefined for a caller who is not known */
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
    } else if (isMet(requirement, grants)) held.push(...waysTo(requirement, grants));
    else return { may: 'no', because: `lacks ${lacking(requirement, grants)}` };
  }
  const because = [...new Set(held)].join('; ');
  if (conditions.length === 0) return { may: 'yes', because: because || 'open to known callers' };
  const condition = `depends on ${conditions.join(', ')}`;
  return { may: 'depends', because: because === '' ? condition : `${condition}; ${because}` };
}

/** The first way to each name that is asked for and held. */
function waysTo(requirement: GrantRequirement, { tenant, platform }: Grants): readonly string[] {
  if (requirement.kind === 'roles') {
    return requirement.roles.flatMap((role) => wayOf(role, trailsToRole(tenant, role)));
  }
  const authority = requirement.kind === 'platform-permissions' ? platform : tenant;
  return requirement.permissions.flatMap((one) => wayOf(one.name, trailsTo(authority, one)));
}

function wayOf(name: string, [trail]: readonly GrantTrail[]): readonly string[] {
  return trail === undefined ? [] : [textOfTrail(name, trail)];
}

/** `patients.read through doctor → receptionist (patients.*)`. */
export function textOfTrail(name: string, { pattern, through }: GrantTrail): string {
  const way = through.length === 0 ? '' : ` through ${through.join(' → ')}`;
  return pattern === name ? `${name}${way}` : `${name}${way} (${pattern})`;
}

function lacking(requirement: GrantRequirement, { tenant, platform }: Grants): string {
  if (requirement.kind === 'roles') {
    return `the role ${requirement.roles.filter((role) => !tenant.hasRole(role)).join(', ')}`;
  }
  const { kind, permissions } = requirement;
  const authority = kind === 'platform-permissions' ? platform : tenant;
  const names = permissions.filter((one) => !authority.has(one)).map(({ name }) => name);
  const where = kind === 'platform-permissions' ? ' on the platform' : '';
  return `${names.join(kind === 'any-permission' ? ' or ' : ', ')}${where}`;
}
