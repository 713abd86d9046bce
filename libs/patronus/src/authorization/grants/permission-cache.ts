import { CACHE_MANAGER } from '@nestjs/cache-manager';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Cache } from 'cache-manager';
import { PatronusError } from '../../errors/patronus.error.js';
import { ExpiringCache } from '../../identity/expiring-cache.js';
import { readSelection } from '../../identity/purge-selection.js';
import { SingleFlight } from '../../identity/single-flight.js';
import type { Grants } from './grants.js';
import { PermissionLookup, type LookedUp } from './permission-lookup.js';
import { PermissionPolicy } from './permission-policy.js';
import { PermissionSource, type PermissionSubject } from './permission-source.js';
import { SharedGrants } from './shared-grants.js';
import { isPurged, textOf, type PurgeFilter, type SubjectKey } from './subject-key.js';

/** Maximum number of attempts for one look-up if purges overtake its answers. */
const ATTEMPTS = 5;

/** Grants that this process has cached, with their origin. */
export interface KnownGrants {
  readonly grants: Grants;
  /** Time at which the source was called, in milliseconds since the epoch. */
  readonly askedAt: number;
  /** Origin of the grants. */
  readonly from: 'shared cache' | 'source';
}

interface LocalEntry extends KnownGrants {
  readonly key: SubjectKey;
}

/** A look-up that runs. */
interface Flight {
  readonly key: SubjectKey;
  overtaken: boolean;
}

/**
 * Caches the answers of a {@link PermissionSource} by issuer, tenant and subject: compiled in this
 * process, in front of the cache that processes share. Inject it to purge.
 *
 * @example
 * await this.members.changeRole(userId, 'doctor');
 * await this.permissions.purge({ user: userId });
 */
@Injectable()
export class PermissionCache {
  private readonly logger = new Logger('Patronus');
  private readonly local: ExpiringCache<LocalEntry>;
  private readonly loads = new SingleFlight<Grants>();
  private readonly flights = new Set<Flight>();
  private readonly shared: SharedGrants;
  private readonly lookup: PermissionLookup;

  constructor(
    @Inject(CACHE_MANAGER) cache: Cache,
    private readonly policy: PermissionPolicy,
    source: PermissionSource,
  ) {
    this.local = new ExpiringCache(policy.maxEntries);
    this.shared = new SharedGrants(cache, policy.ttlMs);
    this.lookup = new PermissionLookup(this.shared, source, policy.timeoutMs);
  }

  /** Returns the grants that this process has cached, or undefined. Synchronous. */
  find(subject: PermissionSubject): KnownGrants | undefined {
    return this.local.get(textOf(keyOf(subject)));
  }

  /**
   * Reads the shared cache, then calls the source. Concurrent callers that ask for the same subject
   * share one answer.
   *
   * @throws {PatronusError} `provider_unavailable` if the source fails; the failure is not
   * cached
   */
  load(subject: PermissionSubject): Promise<Grants> {
    const key = keyOf(subject);
    const text = textOf(key);
    return this.loads.run(text, async () => {
      const flight: Flight = { key, overtaken: false };
      this.flights.add(flight);
      try {
        return await this.fly(flight, subject, text);
      } finally {
        this.flights.delete(flight);
      }
    });
  }

  /**
   * Drops the grants of a user, of a tenant, of a user in a tenant, or `'all'`. Call it
   * after the change is stored. Once it has resolved, this process uses no older answer. Every
   * other process does so after `permissions.cache.ttl` seconds at the latest.
   *
   * An answer in flight is discarded, and the source is called again. If the shared cache cannot be
   * reached it logs a warning, and this process bypasses that cache until every entry has expired.
   *
   * @throws {PatronusConfigurationError} if the filter names nothing, or has a member that does not
   * exist
   */
  async purge(selected: PurgeFilter | 'all'): Promise<void> {
    const names = ['user', 'tenant'] as const;
    const filter = readSelection<PurgeFilter>('PermissionCache.purge', selected, names);
    this.forget(filter);
    if (!(await this.shared.purge(filter))) {
      this.logger.warn(
        'A purge of permissions did not reach the shared cache: other processes follow when their ' +
          'entries expire.',
      );
    }
    // Again, for look-ups in flight that read the shared cache before the purge reached it.
    this.forget(filter);
  }

  private forget(filter: PurgeFilter): void {
    this.local.deleteWhere(({ key }) => isPurged(key, filter));
    for (const flight of this.flights) {
      if (isPurged(flight.key, filter)) flight.overtaken = true;
    }
  }

  private async fly(flight: Flight, subject: PermissionSubject, text: string): Promise<Grants> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      flight.overtaken = false;
      const answer = await this.lookup.ask(flight.key, subject);
      if (!flight.overtaken) return this.keep(flight.key, subject, text, answer);
    }
    throw new PatronusError('provider_unavailable', {
      retryAfter: 1,
      reason: `the permissions were purged ${ATTEMPTS} times while they were looked up`,
    });
  }

  private keep(
    key: SubjectKey,
    { identity }: PermissionSubject,
    text: string,
    { authority, askedAt, from }: LookedUp,
  ): Grants {
    const grants = this.policy.compile(authority);
    const expiresAt = Math.min(
      askedAt + this.policy.ttlMs,
      Date.now() + this.policy.ttlMs,
      identity.expiresAt * 1000,
    );
    this.local.set(text, { key, grants, askedAt, from }, expiresAt);
    return grants;
  }
}

function keyOf({ identity, tenantId }: PermissionSubject): SubjectKey {
  return { issuer: identity.issuer, tenant: tenantId, user: identity.id };
}
