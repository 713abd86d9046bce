import { operatorReason } from '../errors/operator-reason.js';
import { PatronusConfigurationError } from '../errors/configuration.error.js';
import { PatronusError } from '../errors/patronus.error.js';
import type { Credential, CredentialScheme } from './credential.js';
import type { Identity } from './identity.js';
import { IdentityProvider } from './identity-provider.js';
import { IssuerDirectory } from './issuer-directory.js';
import type { KnownKeys } from './known-keys.js';
import type { ProviderEvent } from './provider-event.js';
import { mismatch } from './mismatch.js';
import { lacksIssuer, unverifiedIssuer } from './unverified-issuer.js';

/**
 * Combines several providers: a token goes to the provider that owns its issuer, an opaque token to
 * the one that owns none, an API key to the one that accepts API keys. An unknown issuer is looked
 * up in the directory, if there is one, and is otherwise refused before any key is fetched.
 */
export class TrustedIssuers extends IdentityProvider {
  readonly name = 'trusted-issuers';
  override readonly issuers: readonly string[];
  override readonly schemes: readonly CredentialScheme[];
  readonly #byIssuer = new Map<string, IdentityProvider>();
  readonly #opaque: IdentityProvider | undefined;
  readonly #apiKeys: IdentityProvider | undefined;
  readonly #directory: IdentityProvider | undefined;
  readonly #providers: readonly IdentityProvider[];

  constructor(providers: readonly IdentityProvider[]) {
    super();
    this.#providers = providers;
    for (const [index, provider] of providers.entries()) this.#claim(provider, index);
    this.issuers = [...this.#byIssuer.keys()];
    this.schemes = [...new Set(providers.flatMap(({ schemes }) => schemes))];
    this.#directory = onlyOne(providers.filter(isDirectory), 'look up issuers');
    this.#apiKeys = onlyOne(
      providers.filter(({ schemes }) => schemes.includes('api-key')),
      'take API keys',
    );
    this.#opaque = onlyOne(
      providers.filter((one) => takesBearer(one) && one.issuers.length === 0 && !isDirectory(one)),
      'take opaque tokens',
    );
  }

  override async authenticate(credential: Credential): Promise<Identity> {
    const provider = this.#providerOf(credential);
    if (provider !== undefined) return provider.authenticate(credential);
    throw await this.#foreign(credential);
  }

  /** True if each provider of tokens declares its issuers, so that there are no others. */
  get declaresAll(): boolean {
    return this.#providers.every(declaresAllIssuers);
  }

  /** Resolves to true if one of the providers knows the key that signed the token. */
  override async hasSigned(credential: Credential): Promise<boolean> {
    const asked = this.#providers.map(async (provider) => provider.hasSigned(credential));
    const answers = await Promise.allSettled(asked);
    return answers.some((one) => one.status === 'fulfilled' && one.value);
  }

  override async warmUp(): Promise<void> {
    const outcomes = await Promise.allSettled(this.#providers.map((one) => one.warmUp()));
    const failures = outcomes
      .filter((one) => one.status === 'rejected')
      .map(({ reason }): unknown => reason);
    if (failures.length > 0)
      throw new AggregateError(failures, failures.map(operatorReason).join('; '));
  }

  override knownKeys(): readonly KnownKeys[] {
    return this.#providers.flatMap((provider) => provider.knownKeys());
  }

  override observe(listener: (event: ProviderEvent) => void): () => void {
    const ends = this.#providers.map((provider) => provider.observe(listener));
    return () => ends.forEach((end) => end());
  }

  /** Returns the provider of the token's issuer. Undefined if no provider owns the issuer. */
  #providerOf({ scheme, token }: Credential): IdentityProvider | undefined {
    if (scheme === 'api-key') {
      if (this.#apiKeys !== undefined) return this.#apiKeys;
      throw new PatronusError('token_malformed', { reason: 'no provider takes API keys' });
    }
    const issuer = unverifiedIssuer(token);
    if (issuer === undefined) {
      if (this.#opaque !== undefined) return this.#opaque;
      if (this.issuers.length > 0 && lacksIssuer(token)) {
        throw new PatronusError('issuer_unknown', mismatch({}, ['iss'], this.issuers));
      }
      throw new PatronusError('token_malformed', { reason: 'no provider takes opaque tokens' });
    }
    return this.#byIssuer.get(issuer) ?? this.#directory;
  }

  /**
   * Returns the error for an unknown issuer. It repeats the issuer only if the token is signed by a
   * key of these providers.
   */
  async #foreign(credential: Credential): Promise<PatronusError> {
    if (!(await this.hasSigned(credential))) {
      return new PatronusError('issuer_unknown', { reason: 'no provider owns the issuer' });
    }
    const claims = { iss: unverifiedIssuer(credential.token) };
    return new PatronusError('issuer_unknown', mismatch(claims, ['iss'], this.issuers));
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

/**
 * Returns true if a provider verifies only tokens of the issuers that it declares. A provider of API
 * keys verifies no tokens.
 */
export function declaresAllIssuers(provider: IdentityProvider): boolean {
  if (provider instanceof TrustedIssuers) return provider.declaresAll;
  return provider.issuers.length > 0 || !takesBearer(provider);
}

function takesBearer({ schemes }: IdentityProvider): boolean {
  return schemes.includes('bearer');
}

function isDirectory(provider: IdentityProvider): boolean {
  return provider instanceof IssuerDirectory;
}

function onlyOne(
  providers: readonly IdentityProvider[],
  doing: string,
): IdentityProvider | undefined {
  if (providers.length <= 1) return providers[0];
  throw new PatronusConfigurationError(
    'identityProvider',
    `${providers.map((provider) => provider.name).join(' and ')} both ${doing}.`,
    'Keep one of them; a provider that declares its issuers takes no opaque tokens.',
  );
}
