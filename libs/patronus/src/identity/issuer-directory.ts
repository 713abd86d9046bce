import { LRUCache } from 'lru-cache';
import { PatronusError } from '../errors/patronus.error.js';
import type { Credential } from './credential.js';
import { withinDeadline } from './deadline.js';
import { ExpiringCache } from './expiring-cache.js';
import { Identity, type IdentityFields } from './identity.js';
import { IdentityProvider } from './identity-provider.js';
import type { KnownKeys } from './known-keys.js';
import { SingleFlight } from './single-flight.js';
import { lacksIssuer, unverifiedIssuer } from './unverified-issuer.js';

/** Maximum number of issuers that are cached, and of unknown issuers that are cached as such. */
const MAX_ISSUERS = 1000;

/** Seconds that a result of {@link IssuerDirectory.find} is cached. */
const FOUND_FOR = 60;
const NOT_FOUND_FOR = 10;

/** Timeout of a look-up, in seconds. */
const LOOK_UP_TIMEOUT = 5;

/** Maximum length of an `iss` that is looked up. */
const MAX_ISSUER = 2048;

interface Found {
  readonly provider: IdentityProvider;
  readonly until: number;
  readonly unobserve: () => void;
}

/**
 * Trusted issuers that are added and removed while the application runs, such as one for each
 * tenant. Extend it if the look-up needs other injectables, or use {@link issuerDirectory} with a
 * function.
 *
 * A result is cached for {@link FOUND_FOR} seconds. Return the same instance each time, so that its
 * keys are kept. A removed issuer is trusted for at most that time, except by identities that are
 * already cached. {@link forget} ends both at once.
 *
 * @example
 * class ClinicIssuers extends IssuerDirectory {
 *   constructor(private readonly clinics: ClinicsRepository) { super(); }
 *   async find(issuer: string) {
 *     const clinic = await this.clinics.findByIssuer(issuer);
 *     return clinic && this.providers.of(issuer, clinic.audience); // the same instance each time
 *   }
 * }
 */
export abstract class IssuerDirectory extends IdentityProvider {
  readonly name: string = 'issuer-directory';

  /**
   * True if these issuers may grant authority over the whole platform. Default: false, because an
   * issuer that a tenant runs can write any claim into its tokens.
   */
  protected readonly givesPlatformAuthority: boolean = false;
  readonly #found = new LRUCache<string, Found>({
    max: MAX_ISSUERS,
    dispose: ({ unobserve }) => unobserve(),
  });
  readonly #missing = new ExpiringCache<true>(MAX_ISSUERS);
  readonly #flights = new SingleFlight<IdentityProvider>();

  /**
   * Returns the provider for an issuer that a token claims, or undefined if it is not trusted. The
   * token is not verified yet: look the issuer up, and do nothing else.
   */
  abstract find(
    issuer: string,
  ): Promise<IdentityProvider | undefined> | IdentityProvider | undefined;

  /**
   * Verifies a credential with the provider of its issuer.
   *
   * @throws {PatronusError} `issuer_unknown` if it is not in the directory, `provider_unavailable`
   * if the directory fails, and any error of the issuer's own provider
   */
  override async authenticate(credential: Credential): Promise<Identity> {
    const issuer = unverifiedIssuer(credential.token);
    if (lacksIssuer(credential.token)) throw withoutIssuer();
    if (issuer === undefined || issuer.length > MAX_ISSUER) throw unknown();
    const provider = this.#recall(issuer) ?? (await this.#lookUp(issuer));
    const identity = await provider.authenticate(credential);
    if (identity.issuer === issuer) return this.#bounded(identity);
    throw new PatronusError('issuer_unknown', {
      reason: `the directory returned a provider of ${identity.issuer} for another issuer`,
    });
  }

  override knownKeys(): readonly KnownKeys[] {
    return [...this.#found.values()].flatMap(({ provider }) => provider.knownKeys());
  }

  /** Ends the trust in an issuer and in its identities, in this process and at once. */
  forget(issuer: string): void {
    this.#found.delete(issuer);
    this.#missing.delete(issuer);
    this.#flights.forget(issuer);
    this.report({ type: 'issuer_removed', provider: this.name, issuer });
  }

  #bounded(identity: Identity): Identity {
    const { platformRoles, platformPermissions } = identity;
    const fields: IdentityFields = identity;
    const hasNone = platformRoles.length === 0 && platformPermissions.length === 0;
    if (hasNone || this.givesPlatformAuthority) return identity;
    return new Identity({ ...fields, platformRoles: [], platformPermissions: [] });
  }

  #recall(issuer: string): IdentityProvider | undefined {
    const found = this.#found.get(issuer);
    if (found !== undefined && Date.now() < found.until) return found.provider;
    if (this.#missing.get(issuer) === true) throw unknown();
    return undefined;
  }

  /** Looks up an issuer, once for concurrent requests. */
  #lookUp(issuer: string): Promise<IdentityProvider> {
    return this.#flights.run(issuer, (isCurrent) => this.#ask(issuer, isCurrent));
  }

  async #ask(issuer: string, isCurrent: () => boolean): Promise<IdentityProvider> {
    const askedAt = Date.now();
    let provider: IdentityProvider | undefined;
    try {
      const asked = Promise.resolve(this.find(issuer));
      provider = await withinDeadline(asked, LOOK_UP_TIMEOUT * 1000);
    } catch (cause) {
      const reason = `${this.name}: the look-up of the issuer failed`;
      throw new PatronusError('provider_unavailable', { reason, cause, retryAfter: 5 });
    }
    if (!isCurrent()) throw unknown();
    if (provider === undefined || provider === null) {
      this.#remove(issuer);
      this.#missing.set(issuer, true, askedAt + NOT_FOUND_FOR * 1000);
      throw unknown();
    }
    this.#keep(issuer, provider, askedAt + FOUND_FOR * 1000);
    return provider;
  }

  /** Removes an issuer that the directory no longer contains. */
  #remove(issuer: string): void {
    if (this.#found.delete(issuer)) {
      this.report({ type: 'issuer_removed', provider: this.name, issuer });
    }
  }

  #keep(issuer: string, provider: IdentityProvider, until: number): void {
    const unobserve = provider.observe((event) => this.report(event));
    this.#missing.delete(issuer);
    this.#found.set(issuer, { provider, until, unobserve });
  }
}

class FunctionDirectory extends IssuerDirectory {
  constructor(override readonly find: IssuerDirectory['find']) {
    super();
  }
}

/**
 * Makes an {@link IssuerDirectory} of a function.
 *
 * @example
 * identityProvider: [
 *   oidc({ issuer: 'https://id.novah.example', audience }),
 *   issuerDirectory(async (issuer) => ((await clinics.has(issuer)) ? providers.of(issuer) : undefined)),
 * ]
 */
export function issuerDirectory(find: IssuerDirectory['find']): IssuerDirectory {
  return new FunctionDirectory(find);
}

function withoutIssuer(): PatronusError {
  return new PatronusError('issuer_unknown', {
    reason: 'the token has no iss; expected an issuer of the directory',
    remedy: 'Let the issuers write iss into their tokens.',
  });
}

function unknown(): PatronusError {
  return new PatronusError('issuer_unknown', { reason: 'not in the directory of issuers' });
}
