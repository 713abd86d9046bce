import type { Identity } from '../identity/identity.js';

/** Measures the work of an {@link Authenticator}. */
export interface AuthenticationObserver {
  /** Called after each look-up in the identity cache. */
  looked(isKnown: boolean): void;
  /**
   * Wraps an attempt to authenticate from the cache. Undefined means that the cache does not
   * suffice, and {@link authenticating} follows.
   */
  recalling(recall: () => Identity | undefined): Identity | undefined;
  /** Wraps an attempt that calls the identity provider, or checks a proof. */
  authenticating(authenticate: () => Promise<Identity>): Promise<Identity>;
}
