import type { Revocation } from './revocation.js';

/** The members of a revocation that say whose credentials it is about. */
export const SELECTORS = ['token', 'session', 'user', 'tenant', 'issuer'] as const;

export type SelectorName = (typeof SELECTORS)[number];

/** Whose credentials, or whose one credential. */
export type Selectors = Readonly<Partial<Record<SelectorName, string | undefined>>>;

/** The members that `selectors` has, in their fixed order. */
export function namesIn(selectors: Selectors): readonly SelectorName[] {
  return SELECTORS.filter((name) => selectors[name] !== undefined);
}

/**
 * One text for the values of `names`, different for different values, or undefined where one is
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

/** The selectors of a revocation alone. */
export function selectorsOf(revocation: Revocation): Selectors {
  const { issuedBefore: _, ...selectors } = revocation;
  return selectors;
}
