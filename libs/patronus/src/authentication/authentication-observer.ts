import type { Identity } from '../identity/identity.js';

/** Measures what an {@link Authenticator} does. */
export interface AuthenticationObserver {
  /** Who sends a request was remembered, or was not. */
  looked(isKnown: boolean): void;
  /** Around an attempt from memory; undefined where that is not enough, and the next one follows. */
  recalling(recall: () => Identity | undefined): Identity | undefined;
  /** Around an attempt that asks the identity provider, or checks a proof. */
  authenticating(authenticate: () => Promise<Identity>): Promise<Identity>;
}
