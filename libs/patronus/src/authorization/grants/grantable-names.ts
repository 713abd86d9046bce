import { nearestName } from '../../errors/nearest-name.js';
import type { GrantRequirement, Requirement } from '../rules/requirement.js';
import type { Authority } from './authority.js';
import { ClaimsPermissionSource } from './claims-permission-source.js';
import type { RequiredPermission } from './permission-matcher.js';
import { isWildcard } from './permission-pattern.js';
import type { PermissionPolicy } from './permission-policy.js';

/** Maximum number of listed handlers for a name. */
const LISTED = 5;

/** Requirement, with the handler or the call that has it. */
export interface Asking {
  readonly requirement: Requirement;
  /** `PatientsController.list`. */
  readonly by: string;
}

/** Permission or role, with everything that requires it. */
interface Asked {
  readonly name: string;
  /** Undefined for a role. */
  readonly permission: RequiredPermission | undefined;
  readonly by: Set<string>;
}

/** A name that no declared role grants. */
export interface UngrantedName {
  readonly name: string;
  /** Warning for operators, with the nearest declared name. */
  readonly sentence: string;
}

/**
 * Names that the declared roles grant. Finds nothing if a permission source is configured, or if no roles
 * are declared: then any name may be granted.
 */
export class GrantableNames {
  #declared: Readonly<Record<GrantRequirement['authority'], Authority>> | undefined;

  /** @param sourceOf - the permission source, which Nest may make after this */
  constructor(
    private readonly policy: PermissionPolicy,
    private readonly sourceOf: () => unknown,
  ) {}

  /** Returns the required names that no declared role grants, each once. */
  ungranted(asking: readonly Asking[]): readonly UngrantedName[] {
    // A class that extends it may grant more than the claims of the token.
    const source = this.sourceOf();
    if (!(source instanceof ClaimsPermissionSource)) return [];
    if (source.constructor !== ClaimsPermissionSource) return [];
    const { tenant, platform } = (this.#declared ??= this.#compile());
    return [
      ...ungrantedIn(tenant, askedOf('tenant', asking), 'permissions.roles'),
      ...ungrantedIn(platform, askedOf('platform', asking), 'permissions.platformRoles'),
    ];
  }

  #compile(): Readonly<Record<GrantRequirement['authority'], Authority>> {
    const { tenant, platform } = this.policy.roleNames();
    return this.policy.compile({ roles: tenant, platformRoles: platform });
  }
}

/** Returns the names that are required in one authority. */
function askedOf(
  authority: GrantRequirement['authority'],
  asking: readonly Asking[],
): readonly Asked[] {
  const asked = new Map<string, Asked>();
  for (const { requirement, by } of asking) {
    for (const one of grantRequirementsOf(requirement)) {
      if (one.authority !== authority) continue;
      for (const { name, permission } of namesOf(one)) {
        const key = permission === undefined ? `role ${name}` : name;
        const known = asked.get(key) ?? { name, permission, by: new Set() };
        asked.set(key, known);
        known.by.add(by);
      }
    }
  }
  return [...asked.values()];
}

function grantRequirementsOf(requirement: Requirement): readonly GrantRequirement[] {
  if (requirement.kind === 'any-of') return requirement.alternatives.flatMap(grantRequirementsOf);
  return requirement.kind === 'roles' || requirement.kind === 'permissions' ? [requirement] : [];
}

function namesOf(requirement: GrantRequirement): readonly Omit<Asked, 'by'>[] {
  return requirement.kind === 'roles'
    ? requirement.roles.map((name) => ({ name, permission: undefined }))
    : requirement.permissions.map((permission) => ({ name: permission.name, permission }));
}

function ungrantedIn(
  authority: Authority,
  asked: readonly Asked[],
  path: string,
): readonly UngrantedName[] {
  // Without declared roles, only the token states the permissions of its owner.
  if (authority.flatRoles.length === 0) return [];
  const patterns = authority.flatRoles.flatMap(({ own }) => own);
  const granted = asked.flatMap(({ name, permission }) =>
    permission !== undefined && authority.has(permission) ? [name] : [],
  );
  return asked.flatMap((one) => {
    const { name, permission } = one;
    if (permission === undefined) return roleSentence(one, authority.roles, path);
    if (authority.has(permission)) return [];
    const known = [...granted, ...patterns.map((pattern) => spelled(pattern, name))];
    const nearest = nearestPermission(name, known);
    const remedy =
      nearest === undefined ? `Grant it to a role of ${path}` : `Did you mean "${nearest}"`;
    const mark = nearest === undefined ? '.' : '?';
    const sentence = `No role grants "${name}", which ${whoAsks(one)}. ${remedy}${mark} Until then, only a token that names the permission itself is let in.`;
    return [{ name, sentence }];
  });
}

/** Returns the warning for a role. A role may come from the token alone, so only a near miss is suspicious. */
function roleSentence(
  asked: Asked,
  declared: readonly string[],
  path: string,
): readonly UngrantedName[] {
  const { name } = asked;
  if (declared.includes(name)) return [];
  const nearest = nearestName(name, declared);
  if (nearest === undefined) return [];
  // As JSON: a name with a line break would forge a line of the log.
  const sentence = `${JSON.stringify(name)}, which ${whoAsks(asked)}, is not a role of ${path}. Did you mean "${nearest}"?`;
  return [{ name, sentence }];
}

/** Formats the handlers that require a name: `A.a requires`, `A.a and B.b require`. */
function whoAsks({ by }: Asked): string {
  const all = [...by];
  const more = all.length - LISTED;
  const named = more > 0 ? [...all.slice(0, LISTED), `${more} more`] : all;
  if (named.length === 1) return `${named[0]} requires`;
  return `${named.slice(0, -1).join(', ')} and ${named.at(-1)} require`;
}

/** Returns the known name of which every part is near: `notes.erase` is not a misspelling of `notes.write`. */
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

/** Returns the name that a wildcard stands for: `patients.*` for `pateints.read` is `patients.read`. */
function spelled(pattern: string, name: string): string {
  if (!isWildcard(pattern)) return pattern;
  const prefix = pattern.split('.').slice(0, -1);
  return [...prefix, ...name.split('.').slice(prefix.length)].join('.');
}
