import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import { PatronusError } from '../errors/patronus.error.js';
import { Identity } from '../identity/identity.js';
import { IdentityCache } from '../identity/identity-cache.js';
import { IdentityProvider } from '../identity/identity-provider.js';
import type { KnownKeys } from '../identity/known-keys.js';
import { Revocations } from '../revocation/revocations.js';
import { type Outage, ProviderWatch } from './provider-watch.js';

/** Nobody: whoever is asked whether this one is revoked can say no, or does not know. */
const NOBODY = new Identity({
  id: 'patronus-health',
  issuer: 'patronus-health',
  provider: 'patronus-health',
  expiresAt: 0,
});

/** What a check tells, besides its status. No token, no reason, no secret. */
interface PatronusHealth extends Record<string, unknown> {
  /** Those that cannot be asked right now. */
  readonly unreachable: readonly Outage[];
  /** How many keys of each issuer count, and how many seconds ago they were fetched. */
  readonly keys: readonly KnownKeys[];
  readonly identityCache: { readonly size: number; readonly max: number };
  readonly revocations: 'current' | 'unknown';
}

/**
 * Says whether callers can be told apart: for `@nestjs/terminus`.
 *
 * - `up`: all is well.
 * - `degraded`: an issuer cannot be reached, and callers are let in all the same, by keys that are
 *   known and by identities that are remembered. Terminus answers 200: an issuer that is away must
 *   not take every instance out of service.
 * - `down`: no caller that is not known yet can be let in, because no key was ever fetched or the
 *   known ones are too old; or nobody can, because revocations may have been missed.
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

  /** @param key the name of the check in the answer */
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
