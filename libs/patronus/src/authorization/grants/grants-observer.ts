import type { Grants } from './grants.js';

/** Measures what a {@link GrantsResolver} does with a permission source. */
export interface GrantsObserver {
  /** What a caller may do was known in this process, or was not. */
  looked(isKnown: boolean): void;
  /** Around a wait for the shared cache and the source. */
  lookingUp(lookUp: () => Promise<Grants>): Promise<Grants>;
}
