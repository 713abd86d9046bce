import { RepeatedWarnings } from '../errors/repeated-warnings.js';
import type { RequestScope } from '../identity/request-scope.js';
import type { GrantableNames } from './grants/grantable-names.js';
import type { AccessRequirement } from './rules/requirement.js';

/** How many names a process warns of. An application may make names out of what callers send. */
const NAMED = 20;

/**
 * Warns of names that {@link Access} is asked for and that no declared role grants, as the start does for
 * rules. Each name is warned of once a minute.
 */
export class AskedNames {
  readonly #warnings = new RepeatedWarnings();
  readonly #named = new Set<string>();
  readonly #granted = new WeakSet<AccessRequirement>();

  constructor(private readonly names: GrantableNames) {}

  /**
   * Looks at a requirement that is not met: one that is met has granted names.
   *
   * @param by - the method that was asked
   */
  notMet(requirement: AccessRequirement, by: string, { owner, handler }: RequestScope): void {
    if (this.#granted.has(requirement)) return;
    const place = owner && handler ? `${by} in ${owner.name}.${handler.name}` : by;
    const ungranted = this.names.ungranted([{ requirement, by: place }]);
    if (ungranted.length === 0) this.#granted.add(requirement);
    for (const { name, sentence } of ungranted) {
      if (!this.#named.has(name) && this.#named.size === NAMED) continue;
      this.#named.add(name);
      this.#warnings.warn(`ungranted ${name}`, sentence);
    }
  }
}
