import type { Credential, CredentialScheme } from './credential.js';
import type { Identity } from './identity.js';
import type { KnownKeys } from './known-keys.js';
import type { ProviderEvent } from './provider-event.js';
import { Reporting } from './reporting.js';

/**
 * Turns a credential into an identity, or says why not. An abstract class: the type and the
 * injection token in one.
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
  /** A short name for logs and for `Identity.provider`: `gcip`, `auth0`. */
  abstract readonly name: string;

  /**
   * The issuers (`iss`) that this provider answers for. Of a list of providers, a token goes to the
   * one that owns its issuer. A provider of opaque tokens owns none.
   */
  readonly issuers: readonly string[] = [];

  /** The kinds of credential that it answers for. A request's API key is read only where one does. */
  readonly schemes: readonly CredentialScheme[] = ['bearer'];

  /**
   * Verifies the credential.
   *
   * @throws {PatronusError} `token_*` where the credential is not good, `provider_unavailable`
   * where nobody can say. Anything else that is thrown counts as `provider_unavailable`.
   */
  abstract authenticate(credential: Credential): Promise<Identity>;

  /**
   * Whether a key that this provider has at hand signed the token, whatever its claims say. Asked only
   * about tokens that are refused anyway, so that operators hear of a misspelt issuer. Fetches nothing.
   */
  hasSigned(_credential: Credential): Promise<boolean> {
    return Promise.resolve(false);
  }

  /** The signing keys that it knows, for health checks. None where it verifies in another way. */
  knownKeys(): readonly KnownKeys[] {
    return [];
  }

  /** Prepares at start (discovery, keys). A failure is a warning: requests answer 503 until it is back. */
  warmUp(): Promise<void> {
    return Promise.resolve();
  }
}
