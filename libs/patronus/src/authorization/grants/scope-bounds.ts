import { readMembers, readPatterns } from './pattern-list.js';

/** The patterns of the scopes that a token holds: a permission outside of them all is out of reach. */
export type ScopeBound = readonly ReadonlySet<string>[];

/** Which permissions each OAuth scope lets through. A scope limits; it never grants. */
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
   * The bound of a token. Remembered for each list: the list of an identity is frozen, and one
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
