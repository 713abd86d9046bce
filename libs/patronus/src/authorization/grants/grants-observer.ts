import type { Grants } from './grants.js';

/** Measures the calls of a {@link GrantsResolver} to a permission source. */
export interface GrantsObserver {
  /** Called after each look-up in the cache of this process. */
  looked(isKnown: boolean): void;
  /** Wraps a wait for the shared cache and the source. */
  lookingUp(lookUp: () => Promise<Grants>): Promise<Grants>;
}
