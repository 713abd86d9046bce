import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { Authority } from '../authorization/grants/authority.js';
import { ClaimsPermissionSource } from '../authorization/grants/claims-permission-source.js';
import type { RequiredPermission } from '../authorization/grants/permission-matcher.js';
import { PermissionPolicy } from '../authorization/grants/permission-policy.js';
import { isWildcard } from '../authorization/grants/permission-pattern.js';
import { PermissionSource } from '../authorization/grants/permission-source.js';
import { type RuledHandler, RuleRegistry } from '../authorization/rules/rule-registry.js';
import type { GrantRequirement, Requirement } from '../authorization/rules/requirement.js';
import { nearestName } from '../errors/nearest-name.js';

/** Maximum number of names that are reported at start. */
const NAMED = 20;

/** Permission or role that rules require. */
interface Asked {
  readonly name: string;
  /** Undefined for a role. */
  readonly permission?: RequiredPermission;
  /** First handler that requires it. */
  readonly by: string;
}

/**
 * Finds permissions that rules require and that no declared role grants: most of them are misspelt.
 * Finds nothing if a permission source is configured, or if no roles are declared.
 */
@Injectable()
export class UngrantedNames implements OnModuleInit {
  private readonly logger = new Logger('Patronus');

  constructor(
    private readonly rules: RuleRegistry,
    private readonly policy: PermissionPolicy,
    private readonly source: PermissionSource,
  ) {}

  onModuleInit(): void {
    for (const sentence of this.sentences().slice(0, NAMED)) this.logger.warn(sentence);
  }

  /** Returns one sentence for each name, with the nearest declared name. */
  sentences(): readonly string[] {
    // A class that extends it may grant more than the claims of the token.
    if (this.source.constructor !== ClaimsPermissionSource) return [];
    const names = this.policy.roleNames();
    const all = this.policy.compile({ roles: names.tenant, platformRoles: names.platform });
    const handlers = this.rules.all();
    return [
      ...sentencesOn(all.tenant, askedOf('tenant', handlers), 'permissions.roles'),
      ...sentencesOn(all.platform, askedOf('platform', handlers), 'permissions.platformRoles'),
    ];
  }
}

/** Returns the names that rules require in one authority, each once. */
function askedOf(
  authority: GrantRequirement['authority'],
  handlers: readonly RuledHandler[],
): readonly Asked[] {
  const asked = new Map<string, Asked>();
  for (const { owner, name: method, rule } of handlers) {
    const by = `${owner.name}.${method}`;
    for (const requirement of rule.requirements.flatMap(grantRequirementsOf)) {
      if (requirement.authority !== authority) continue;
      for (const one of namesOf(requirement, by)) {
        const key = one.permission === undefined ? `role ${one.name}` : one.name;
        if (!asked.has(key)) asked.set(key, one);
      }
    }
  }
  return [...asked.values()];
}

function grantRequirementsOf(requirement: Requirement): readonly GrantRequirement[] {
  if (requirement.kind === 'any-of') return requirement.alternatives.flatMap(grantRequirementsOf);
  return requirement.kind === 'roles' || requirement.kind === 'permissions' ? [requirement] : [];
}

function namesOf(requirement: GrantRequirement, by: string): readonly Asked[] {
  return requirement.kind === 'roles'
    ? requirement.roles.map((name) => ({ name, by }))
    : requirement.permissions.map((permission) => ({ name: permission.name, permission, by }));
}

function sentencesOn(authority: Authority, asked: readonly Asked[], path: string): string[] {
  // Without declared roles, only the token states the permissions of its owner.
  if (authority.flatRoles.length === 0) return [];
  const patterns = authority.flatRoles.flatMap(({ own }) => own);
  const granted = asked.flatMap(({ name, permission }) =>
    permission !== undefined && authority.has(permission) ? [name] : [],
  );
  return asked.flatMap(({ name, permission, by }) => {
    if (permission === undefined) return roleSentence(name, by, authority.roles, path);
    if (authority.has(permission)) return [];
    const known = [...granted, ...patterns.map((pattern) => spelled(pattern, name))];
    const nearest = nearestPermission(name, known);
    const remedy =
      nearest === undefined ? `Grant it to a role of ${path}` : `Did you mean "${nearest}"`;
    const mark = nearest === undefined ? '.' : '?';
    return [
      `No role grants "${name}", which ${by} requires. ${remedy}${mark} Until then, only a token that names the permission itself is let in.`,
    ];
  });
}

/**
 * Returns the warning for a role. A role may come from the token alone, so only a near miss is
 * suspicious.
 */
function roleSentence(
  name: string,
  by: string,
  declared: readonly string[],
  path: string,
): readonly string[] {
  if (declared.includes(name)) return [];
  const nearest = nearestName(name, declared);
  if (nearest === undefined) return [];
  return [`"${name}", which ${by} requires, is not a role of ${path}. Did you mean "${nearest}"?`];
}

/**
 * Returns the known name of which every part is near: `notes.erase` is not a misspelling of
 * `notes.write`.
 */
function nearestPermission(name: string, known: readonly string[]): string | undefined {
  const parts = name.split('.');
  const alike = known.filter((one) => {
    const others = one.split('.');
    return others.length === parts.length && others.every((other, at) => isNear(other, parts[at]));
  });
  return nearestName(name, alike);
}

function isNear(known: string, part = ''): boolean {
  return known === part || nearestName(part, [known]) !== undefined;
}

/**
 * Returns the name that a wildcard stands for: `patients.*` for `pateints.read` is `patients.read`.
 */
function spelled(pattern: string, name: string): string {
  if (!isWildcard(pattern)) return pattern;
  const prefix = pattern.split('.').slice(0, -1);
  return [...prefix, ...name.split('.').slice(prefix.length)].join('.');
}
