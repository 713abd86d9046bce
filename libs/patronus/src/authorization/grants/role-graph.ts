import { checkMembers } from '../../errors/check-option.js';
import { PatronusConfigurationError } from '../../errors/configuration.error.js';
import { nearestName } from '../../errors/nearest-name.js';
import { readList, readMembers, readPatterns } from './pattern-list.js';

/**
 * Role with everything that it inherits. One object for each role, shared by all subjects that have
 * it.
 */
export interface FlatRole {
  readonly name: string;
  /** Patterns that the role itself was given. */
  readonly own: readonly string[];
  /** Roles that it names under `inherits`. */
  readonly parents: readonly FlatRole[];
  /** Patterns of the role and of the roles that it inherits. */
  readonly permissions: ReadonlySet<string>;
  /** Names of the role itself and of every role that it inherits. */
  readonly includes: ReadonlySet<string>;
}

interface ParsedRole {
  readonly inherits: readonly string[];
  readonly permissions: readonly string[];
}

/** Roles of one authority, checked and flattened at start. */
export class RoleGraph {
  private readonly parsed = new Map<string, ParsedRole>();
  private readonly flat = new Map<string, FlatRole>();

  /**
   * @param roles a {@link RoleMap}, as given in the options
   * @param path its path in the options: `permissions.roles`
   * @throws {PatronusConfigurationError} on an unknown inherited role, a circle, a malformed pattern
   */
  constructor(
    roles: unknown,
    private readonly path: string,
  ) {
    for (const [name, definition] of readMembers(roles, path)) {
      this.parsed.set(name, parseRole(definition, `${path}.${name}`));
    }
    for (const name of this.parsed.keys()) this.flatten(name, []);
  }

  /** Returns the names of all roles, in the order of the options. */
  names(): readonly string[] {
    return [...this.parsed.keys()];
  }

  /** Returns the role of that name, or undefined if the options do not define it. */
  find(name: string): FlatRole | undefined {
    return this.flat.get(name);
  }

  private flatten(name: string, descendants: readonly string[]): FlatRole {
    const known = this.flat.get(name);
    if (known !== undefined) return known;
    const trail = [...descendants, name];
    if (descendants.includes(name)) this.refuseCircle(trail);
    const role = this.parsed.get(name) ?? this.refuseUnknown(trail);

    const parents = role.inherits.map((parent) => this.flatten(parent, trail));
    const flat: FlatRole = {
      name,
      own: role.permissions,
      parents,
      permissions: union([role.permissions, ...parents.map((parent) => parent.permissions)]),
      includes: union([[name], ...parents.map((parent) => parent.includes)]),
    };
    this.flat.set(name, flat);
    return flat;
  }

  private refuseCircle(trail: readonly string[]): never {
    const circle = trail.slice(trail.indexOf(trail.at(-1) ?? ''));
    throw new PatronusConfigurationError(
      `${this.path}.${circle[0]}.inherits`,
      `the roles inherit each other in a circle: ${circle.join(' → ')}.`,
      'Remove one of them from the circle.',
    );
  }

  private refuseUnknown(trail: readonly string[]): never {
    const [heir, unknown] = [trail.at(-2) ?? '', trail.at(-1) ?? ''];
    const nearest = nearestName(unknown, this.parsed.keys());
    throw new PatronusConfigurationError(
      `${this.path}.${heir}.inherits`,
      `there is no role "${unknown}".`,
      nearest === undefined ? `Define it in ${this.path}.` : `Did you mean "${nearest}"?`,
    );
  }
}

function parseRole(definition: unknown, path: string): ParsedRole {
  if (Array.isArray(definition)) {
    return { inherits: [], permissions: readPatterns(definition, path) };
  }
  if (typeof definition === 'string') {
    throw new PatronusConfigurationError(
      path,
      'this is not a list.',
      `Write a list of permissions: ['${definition}'].`,
    );
  }
  const members = new Map(readMembers(definition, path));
  checkMembers(path, Object.fromEntries(members), ['inherits', 'permissions']);
  return {
    inherits: readNames(members.get('inherits') ?? [], `${path}.inherits`),
    permissions: readPatterns(members.get('permissions') ?? [], `${path}.permissions`),
  };
}

function readNames(value: unknown, path: string): readonly string[] {
  return readList(value, path).map((name) => {
    if (typeof name === 'string') return name;
    throw new PatronusConfigurationError(
      path,
      `${JSON.stringify(name)} is not the name of a role.`,
      'Write role names as strings.',
    );
  });
}

function union(lists: readonly Iterable<string>[]): ReadonlySet<string> {
  return new Set(lists.flatMap((list) => [...list]));
}
