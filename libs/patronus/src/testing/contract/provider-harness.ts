import type { Credential } from '../../identity/credential.js';
import type { Identity } from '../../identity/identity.js';
import type { IdentityProvider } from '../../identity/identity-provider.js';

type Eventually<T> = T | Promise<T>;

/**
 * A provider that runs, and what its contract needs to try it. A member that is left out is a test
 * that fails and says what to give, unless the options say why there is no such thing.
 */
export interface ProviderUnderTest {
  readonly provider: IdentityProvider;
  /** A credential that is good for a minute at least. */
  good(): Eventually<Credential>;
  /** What the identity behind the good credential must say: `id` at least. */
  readonly expected: Pick<Identity, 'id'> & Partial<Identity>;
  /** A good credential of another caller. */
  other?(): Eventually<Credential>;
  /** A credential that was good and has ended. */
  expired?(): Eventually<Credential>;
  /** A credential that nobody issued: signed with a key of one's own, or unknown to the server. */
  forged?(): Eventually<Credential>;
  /** A credential that is good elsewhere: of another issuer, or for another audience. */
  foreign?(): Eventually<Credential>;
  /** Tokens to refuse, beyond those that every provider must. */
  readonly garbage?: readonly string[];
  /** From now on, the server behind the provider fails. */
  outage?(): Eventually<void>;
  /** Ends the outage. */
  recover?(): Eventually<void>;
  /** How often the server behind the provider was asked so far. */
  calls?(): number;
  stop(): Eventually<void>;
}

/** Makes providers to try, each one new: nothing is known to it, and nothing has failed yet. */
export interface ProviderHarness {
  start(): Promise<ProviderUnderTest>;
}
