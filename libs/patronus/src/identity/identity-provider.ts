import type { Credential, CredentialScheme } from './credential.js';
import type { Identity } from './identity.js';
import type { KnownKeys } from './known-keys.js';
import type { ProviderEvent } from './provider-event.js';
import { Reporting } from './reporting.js';

/**
 * Verifies a credential and returns its identity, or refuses it. An abstract class: the type and
 * the injection token in one.
 *
 * @example
 * class LegacySessions extends IdentityProvider {
 *   readonly name = 'legacy';
 *   async authenticate({ token }: Credential): Promise<Identity> {
 *     const session = await this.sessions.find(token);
 *     if (!session) throw new PatronusError('token_invalid', { reason: 'no such session' });
 *     return new Identity({ id: session.userId, issuer: 'legacy', provider: this.name, expiresAt: session.endsAt });
 *   }
 * }
 */
export abstract class IdentityProvider extends Reporting<ProviderEvent> {
  /** Short name for logs and for `Identity.provider`: `gcip`, `auth0`. */
  abstract readonly name: string;

  /**
   * Issuers (`iss`) that this provider verifies tokens of. In a list of providers, a token goes to
   * the one that owns its issuer. A provider of opaque tokens owns none.
   */
  readonly issuers: readonly string[] = [];

  /**
   * Kinds of credential that it verifies. The API key of a request is read only if a provider
   * accepts API keys.
   */
  readonly schemes: readonly CredentialScheme[] = ['bearer'];

  /**
   * Verifies the credential.
   *
   * @throws {PatronusError} `token_*` if the credential is refused, `provider_unavailable` if it
   * cannot be verified now. Any other error counts as `provider_unavailable`.
   */
  abstract authenticate(credential: Credential): Promise<Identity>;

  /**
   * Resolves to true if a key that this provider has cached signed the token, regardless of its
   * claims. Called only for tokens that are refused anyway, to warn operators of a misspelt issuer.
   * Fetches nothing.
   */
  hasSigned(_credential: Credential): Promise<boolean> {
    return Promise.resolve(false);
  }

  /**
   * Returns the signing keys that it has cached, for health checks. Empty if it verifies in another
   * way.
   */
  knownKeys(): readonly KnownKeys[] {
    return [];
  }

  /**
   * Prepares discovery and keys at start. A failure is logged as a warning: requests answer 503
   * until the issuer can be reached.
   */
  warmUp(): Promise<void> {
    return Promise.resolve();
  }
}
