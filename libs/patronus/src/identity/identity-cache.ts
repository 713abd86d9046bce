import { hash } from 'node:crypto';
import { checkMembers, checkPositiveInteger } from '../errors/check-option.js';
import type { CredentialScheme } from './credential.js';
import { ExpiringCache } from './expiring-cache.js';
import type { Identity } from './identity.js';
import { readSelection } from './purge-selection.js';
import { SingleFlight } from './single-flight.js';

/** Limits of the cache of verified identities. */
export interface IdentityCacheOptions {
  /** Maximum number of entries. The least recently used one is dropped first. Default: 10,000. */
  readonly max?: number | undefined;
  /**
   * Maximum lifetime of an entry in seconds. No entry outlives the token's `exp`. Default: 300.
   */
  readonly ttl?: number | undefined;
}

/** Selects the identities to forget: those that match all of the given members. */
export interface IdentitySelection {
  readonly user?: string | undefined;
  readonly tenant?: string | undefined;
  readonly session?: string | undefined;
  readonly issuer?: string | undefined;
}

/**
 * Caches verified identities by the SHA-256 of the whole token. The cache is bounded, keeps no
 * entry past the token's `exp`, and verifies a token once for concurrent requests.
 */
export class IdentityCache {
  readonly #entries: ExpiringCache<Identity>;
  readonly #flights = new SingleFlight<Identity>();
  readonly #ttl: number;
  #generation = 0;

  /**
   * @param tenantOf returns the tenant of an identity, as the application determines tenants
   * @throws {PatronusConfigurationError} if `max` or `ttl` is not a whole number over 0.
   */
  constructor(
    options: IdentityCacheOptions = {},
    private readonly tenantOf: (identity: Identity) => string | undefined = ({ tenantId }) =>
      tenantId,
  ) {
    checkMembers('identityCache', options, ['max', 'ttl']);
    const { max = 10_000, ttl = 300 } = options;
    checkPositiveInteger('identityCache.max', max);
    checkPositiveInteger('identityCache.ttl', ttl);
    this.#entries = new ExpiringCache(max);
    this.#ttl = ttl * 1000;
  }

  /** Number of cached identities. */
  get size(): number {
    return this.#entries.size;
  }

  /** Maximum number of cached identities. */
  get max(): number {
    return this.#entries.max;
  }

  /** Returns the identity of a token that is cached, or undefined. */
  recall(token: string, scheme: CredentialScheme = 'bearer'): Identity | undefined {
    return this.#entries.get(keyOf(token, scheme));
  }

  /**
   * Returns the identity of a token, from `verify` if it is not cached. Concurrent requests share
   * one call.
   */
  resolve(
    token: string,
    verify: () => Promise<Identity>,
    scheme: CredentialScheme = 'bearer',
  ): Promise<Identity> {
    const key = keyOf(token, scheme);
    return this.#flights.run(key, () => this.#fill(key, verify));
  }

  /**
   * Forgets identities in this process, at once: those that match every given member, or `'all'`.
   * Later requests do not share a verification that began before.
   *
   * @throws {PatronusConfigurationError} if the selection names nothing, or has a member that does
   * not exist
   */
  purge(selected: IdentitySelection | 'all'): void {
    const names = ['user', 'tenant', 'session', 'issuer'] as const;
    const selection = readSelection<IdentitySelection>('IdentityCache.purge', selected, names);
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

/**
 * Returns the key of a token. The scheme is not part of the hash, so a token of one scheme is never
 * the key of another.
 */
function keyOf(token: string, scheme: CredentialScheme): string {
  const digest = hash('sha256', token, 'base64');
  return scheme === 'bearer' ? digest : `${scheme}:${digest}`;
}
