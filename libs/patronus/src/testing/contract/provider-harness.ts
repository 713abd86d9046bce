import type { Credential } from '../../identity/credential.js';
import type { Identity } from '../../identity/identity.js';
import type { IdentityProvider } from '../../identity/identity-provider.js';

type Eventually<T> = T | Promise<T>;

/**
 * Provider under test, with the credentials and controls that its contract needs. A member that is
 * left out fails a test with instructions, unless the options give a reason for it.
 */
export interface ProviderUnderTest {
  readonly provider: IdentityProvider;
  /** Returns a credential that is valid for at least a minute. */
  good(): Eventually<Credential>;
  /** Fields that the identity of the valid credential must have: at least `id`. */
  readonly expected: Pick<Identity, 'id'> & Partial<Identity>;
  /** Returns a valid credential of another caller. */
  other?(): Eventually<Credential>;
  /** Returns a credential that was valid and has expired. */
  expired?(): Eventually<Credential>;
  /**
   * Returns a credential that was not issued: signed with another key, or unknown to the server.
   */
  forged?(): Eventually<Credential>;
  /** Returns a credential that is valid elsewhere: of another issuer, or for another audience. */
  foreign?(): Eventually<Credential>;
  /** Tokens to refuse, besides those that every provider must refuse. */
  readonly garbage?: readonly string[];
  /** Makes the server of the provider fail from now on. */
  outage?(): Eventually<void>;
  /** Ends the outage. */
  recover?(): Eventually<void>;
  /** Returns the number of calls to the server of the provider so far. */
  calls?(): number;
  stop(): Eventually<void>;
}

/** Creates providers to test, each one new, with empty caches and without earlier failures. */
export interface ProviderHarness {
  start(): Promise<ProviderUnderTest>;
}
