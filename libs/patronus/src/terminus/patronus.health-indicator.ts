import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import { PatronusError } from '../errors/patronus.error.js';
import { Identity } from '../identity/identity.js';
import { IdentityCache } from '../identity/identity-cache.js';
import { IdentityProvider } from '../identity/identity-provider.js';
import type { KnownKeys } from '../identity/known-keys.js';
import { Revocations } from '../revocation/revocations.js';
import { type Outage, ProviderWatch } from './provider-watch.js';

/**
 * Identity without rights. Revocations that are asked about it answer false, or throw if they do
 * not know.
 */
const NOBODY = new Identity({
  id: 'patronus-health',
  issuer: 'patronus-health',
  provider: 'patronus-health',
  expiresAt: 0,
});

/** Result of a check, besides its status. Holds no token, no reason and no secret. */
interface PatronusHealth extends Record<string, unknown> {
  /** Issuers that cannot be reached now. */
  readonly unreachable: readonly Outage[];
  /** Number of valid keys of each issuer, with the seconds since their last fetch. */
  readonly keys: readonly KnownKeys[];
  readonly identityCache: { readonly size: number; readonly max: number };
  readonly revocations: 'current' | 'unknown';
}

/**
 * Checks if callers can be authenticated, for `@nestjs/terminus`.
 *
 * - `up`: everything works.
 * - `degraded`: an issuer cannot be reached, and callers are still let in, by cached keys and
 *   cached identities. Terminus answers 200: an issuer outage must not take every instance out of
 *   service.
 * - `down`: no uncached caller can be let in, because no key was ever fetched or the cached ones
 *   are too old; or no caller at all, because revocations may have been missed.
 *
 * @example
 * constructor(private readonly health: HealthCheckService, private readonly patronus: PatronusHealthIndicator) {}
 * @Get() @Public() @HealthCheck() check() {
 *   return this.health.check([() => this.patronus.check('patronus')]);
 * }
 */
@Injectable()
export class PatronusHealthIndicator implements OnModuleInit, OnModuleDestroy {
  readonly #watch: ProviderWatch;

  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly provider: IdentityProvider,
    private readonly identities: IdentityCache,
    private readonly revocations: Revocations,
  ) {
    this.#watch = new ProviderWatch(provider);
  }

  onModuleInit(): void {
    this.#watch.start();
  }

  onModuleDestroy(): void {
    this.#watch.stop();
  }

  /**
   * Runs the check.
   *
   * @param key name of the check in the answer
   */
  async check<const Key extends string>(key: Key): Promise<HealthIndicatorResult<Key>> {
    const indicator = this.indicators.check(key);
    const state = await this.#watch.look();
    const isCurrent = this.#knowsRevocations();
    const health: PatronusHealth = {
      unreachable: this.#watch.outages,
      keys: this.provider.knownKeys(),
      identityCache: { size: this.identities.size, max: this.identities.max },
      revocations: isCurrent ? 'current' : 'unknown',
    };
    if (state === 'down' || !isCurrent) return indicator.down(health);
    return state === 'degraded' ? indicator.degraded(health) : indicator.up(health);
  }

  #knowsRevocations(): boolean {
    try {
      this.revocations.isRevoked(NOBODY, undefined);
      return true;
    } catch (error) {
      return error instanceof PatronusError && error.code !== 'provider_unavailable';
    }
  }
}
