import type { Revocation } from './revocation.js';

/** Members of a revocation that select credentials. */
export const SELECTORS = ['token', 'session', 'user', 'tenant', 'issuer'] as const;

export type SelectorName = (typeof SELECTORS)[number];

/** Values that select credentials, or a single one. */
export type Selectors = Readonly<Partial<Record<SelectorName, string | undefined>>>;

/** Returns the members that `selectors` has, in their fixed order. */
export function namesIn(selectors: Selectors): readonly SelectorName[] {
  return SELECTORS.filter((name) => selectors[name] !== undefined);
}

/**
 * Returns a text for the values of `names`, different for different values, or undefined if one is
 * missing.
 */
export function keyOf(names: readonly SelectorName[], selectors: Selectors): string | undefined {
  const [only] = names;
  if (names.length === 1 && only !== undefined) return selectors[only];
  let key = '';
  for (const name of names) {
    const value = selectors[name];
    if (value === undefined) return undefined;
    key += `${value.length}:${value}`;
  }
  return key;
}

/** Returns only the selectors of a revocation. */
export function selectorsOf(revocation: Revocation): Selectors {
  const { issuedBefore: _, ...selectors } = revocation;
  return selectors;
}
