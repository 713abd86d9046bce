import { hash } from 'node:crypto';
import { checkMembers, checkPositiveInteger } from '../errors/check-option.js';
import type { CredentialScheme } from './credential.js';
import { ExpiringCache } from './expiring-cache.js';
import type { Identity } from './identity.js';
import { SingleFlight } from './single-flight.js';

/** How many verified identities are remembered, and for how long. */
export interface IdentityCacheOptions {
  /** Entries at most; the least recently used one goes first. Default 10,000. */
  readonly max?: number | undefined;
  /** Seconds at most, and never past the token's `exp`. Default 300. */
  readonly ttl?: number | undefined;
}

/** What to forget: every identity that has all of the members given. */
export interface IdentitySelection {
  readonly user?: string | undefined;
  readonly tenant?: string | undefined;
  readonly session?: string | undefined;
  readonly issuer?: string | undefined;
}

/**
 * Verified identities, found only by the SHA-256 of the whole token. Bounded, never past the
 * token's `exp`, and filled by one flight at a time.
 */
export class IdentityCache {
  readonly #entries: ExpiringCache<Identity>;
  readonly #flights = new SingleFlight<Identity>();
  readonly #ttl: number;
  #generation = 0;

  /**
   * @param tenantOf which tenant an identity belongs to, as the application tells its tenants apart
   * @throws {PatronusConfigurationError} where `max` or `ttl` is not a whole number over 0.
   */
  constructor(
    options: IdentityCacheOptions = {},
    private readonly tenantOf: (identity: Identity) => string | undefined = ({ tenantId }) =>
      tenantId,
  ) {
    const { max = 10_000, ttl = 300 } = options;
    checkMembers('identityCache', options, ['max', 'ttl']);
    checkPositiveInteger('identityCache.max', max);
    checkPositiveInteger('identityCache.ttl', ttl);
    this.#entries = new ExpiringCache(max);
    this.#ttl = ttl * 1000;
  }

  /** How many identities are remembered. */
  get size(): number {
    return this.#entries.size;
  }

  /** How many are remembered at most. */
  get max(): number {
    return this.#entries.max;
  }

  /** The identity behind a token that was seen before, or undefined. */
  recall(token: string, scheme: CredentialScheme = 'bearer'): Identity | undefined {
    return this.#entries.get(keyOf(token, scheme));
  }

  /** The identity behind a token, from `verify` where it is not known: one call however many ask. */
  resolve(
    token: string,
    verify: () => Promise<Identity>,
    scheme: CredentialScheme = 'bearer',
  ): Promise<Identity> {
    const key = keyOf(token, scheme);
    return this.#flights.run(key, () => this.#fill(key, verify));
  }

  /**
   * Forgets identities, at once, in this process. Without a selection, all of them. Who asks from now
   * on shares no verification that began before.
   */
  purge(selection: IdentitySelection = {}): void {
    this.#generation += 1;
    this.#flights.clear();
    this.#entries.deleteWhere((identity) => this.#isSelected(identity, selection));
  }

  async #fill(key: string, verify: () => Promise<Identity>): Promise<Identity> {
    const generation = this.#generation;
    const identity = await verify();
    const until = Math.min(identity.expiresAt * 1000, Date.now() + this.#ttl);
    if (generation === this.#generation) this.#entries.set(key, identity, until);
    return identity;
  }

  #isSelected(identity: Identity, { user, tenant, session, issuer }: IdentitySelection): boolean {
    return (
      (user === undefined || identity.id === user) &&
      (tenant === undefined || this.tenantOf(identity) === tenant) &&
      (session === undefined || identity.sessionId === session) &&
      (issuer === undefined || identity.issuer === issuer)
    );
  }
}

/** The scheme stands outside of the hash: no token of one scheme is ever the key of another. */
function keyOf(token: string, scheme: CredentialScheme): string {
  const digest = hash('sha256', token, 'base64');
  return scheme === 'bearer' ? digest : `${scheme}:${digest}`;
}
