import { readMembers, readPatterns } from './pattern-list.js';

/**
 * Patterns of the scopes that a token has. A permission that none of them covers cannot be used.
 */
export type ScopeBound = readonly ReadonlySet<string>[];

/** Permissions that each OAuth scope covers. A scope limits grants, and never adds to them. */
export class ScopeBounds {
  private readonly patterns = new Map<string, ReadonlySet<string>>();
  private readonly bounds = new WeakMap<readonly string[], ScopeBound>();

  /** @throws {PatronusConfigurationError} on a malformed pattern. */
  constructor(scopes: unknown, path: string) {
    for (const [scope, patterns] of readMembers(scopes, path)) {
      this.patterns.set(scope, new Set(readPatterns(patterns, `${path}.${scope}`)));
    }
  }

  /**
   * Returns the bound of a token. Cached for each list: the list of an identity is frozen, and one
   * identity serves many requests.
   */
  of(scopes: readonly string[]): ScopeBound {
    const known = this.bounds.get(scopes);
    if (known !== undefined) return known;
    const bound = [...new Set(scopes)].flatMap((scope) => this.patterns.get(scope) ?? []);
    this.bounds.set(scopes, bound);
    return bound;
  }
}
