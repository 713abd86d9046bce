import { PatronusConfigurationError } from '../errors/configuration.error.js';
import { PatronusError } from '../errors/patronus.error.js';
import type { Credential } from './credential.js';
import type { Identity } from './identity.js';
import { IdentityProvider } from './identity-provider.js';
import { unverifiedIssuer } from './unverified-issuer.js';

/**
 * Several providers as one: a token goes to the provider that owns its issuer, an opaque token to
 * the one that owns none. An issuer that nobody owns is refused before any key is fetched.
 */
export class TrustedIssuers extends IdentityProvider {
  readonly name = 'trusted-issuers';
  override readonly issuers: readonly string[];
  readonly #byIssuer = new Map<string, IdentityProvider>();
  readonly #opaque: IdentityProvider | undefined;
  readonly #providers: readonly IdentityProvider[];

  constructor(providers: readonly IdentityProvider[]) {
    super();
    this.#providers = providers;
    for (const [index, provider] of providers.entries()) this.#claim(provider, index);
    this.issuers = [...this.#byIssuer.keys()];
    const opaque = providers.filter((provider) => provider.issuers.length === 0);
    if (opaque.length > 1) {
      throw new PatronusConfigurationError(
        'identityProvider',
        `${opaque.map((provider) => provider.name).join(' and ')} both take opaque tokens.`,
        'Keep one provider without issuers.',
      );
    }
    this.#opaque = opaque[0];
  }

  override async authenticate(credential: Credential): Promise<Identity> {
    const issuer = unverifiedIssuer(credential.token);
    const provider = issuer === undefined ? this.#opaque : this.#byIssuer.get(issuer);
    if (provider === undefined) {
      throw issuer === undefined
        ? new PatronusError('token_malformed', { reason: 'no provider takes opaque tokens' })
        : new PatronusError('issuer_unknown', { reason: 'no provider owns the issuer' });
    }
    return provider.authenticate(credential);
  }

  override async warmUp(): Promise<void> {
    const outcomes = await Promise.allSettled(this.#providers.map((one) => one.warmUp()));
    const failures = outcomes
      .filter((one) => one.status === 'rejected')
      .map(({ reason }): unknown => reason);
    if (failures.length > 0) throw new AggregateError(failures, failures.map(String).join('; '));
  }

  #claim(provider: IdentityProvider, index: number): void {
    for (const issuer of provider.issuers) {
      if (this.#byIssuer.has(issuer)) {
        throw new PatronusConfigurationError(
          `identityProvider[${index}]`,
          `the issuer ${issuer} already has a provider.`,
          'Remove one of the two.',
        );
      }
      this.#byIssuer.set(issuer, provider);
    }
  }
}
