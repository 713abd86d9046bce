import { Logger } from '@nestjs/common';
import { PatronusConfigurationError } from '../../errors/configuration.error.js';
import { PatronusError } from '../../errors/patronus.error.js';
import { RepeatedWarnings } from '../../errors/repeated-warnings.js';
import type { Identity } from '../../identity/identity.js';
import type { Revocation } from '../../revocation/revocation.js';
import { RevocationIndex } from '../../revocation/revocation-index.js';
import { Revocations } from '../../revocation/revocations.js';
import { EventStream } from './event-stream.js';
import {
  type PlatformRevocationsOptions,
  type PlatformRevocationsSettings,
  readOptions,
} from './platform-revocations.options.js';
import { RefusedAccessError } from './refused-access.error.js';
import { isAnnouncement, readAnnouncement } from './revocation-event.js';

/** Maximum time in which a process may have missed a revocation, in milliseconds. */
const LATEST = 1000;

/**
 * Revocations that the identity platform announces in its event stream: ended sessions and revoked
 * tokens. Each instance of an application holds them in its own memory, and needs no store that it
 * shares with others.
 *
 * By default, an instance that may have missed revocations for a second refuses everything until it
 * has caught up. The same applies to the first requests after its event loop was blocked for that
 * long.
 */
export class PlatformRevocations extends Revocations {
  readonly #logger = new Logger('Patronus');
  readonly #warnings = new RepeatedWarnings();
  readonly #settings: PlatformRevocationsSettings;
  readonly #index: RevocationIndex;
  readonly #stream: EventStream;
  #modules = 0;
  #startedAt = 0;

  /**
   * Checks the options.
   *
   * @throws {PatronusConfigurationError} if an option is not valid
   */
  constructor(options: PlatformRevocationsOptions) {
    super();
    this.#settings = readOptions(options);
    this.#index = new RevocationIndex(this.#settings.max);
    this.#stream = new EventStream(this.#settings, {
      heard: (type, data, isRepeated) => this.#hear(type, data, isRepeated),
      lost: (reason) => this.#warn(reason),
      recovered: () =>
        this.#logger.log('The platform can be reached again: revocations are up to date.'),
    });
  }

  override isRevoked(identity: Identity, tenantId: string | undefined): boolean {
    if (this.#index.isRevoked(identity, tenantId)) return true;
    if (!this.#settings.denies || this.#stream.age <= LATEST) return false;
    throw new PatronusError('provider_unavailable', {
      reason: 'the platform was not heard for a second: revocations may have been missed',
      retryAfter: 1,
    });
  }

  /**
   * Rejects, and revokes nothing: an application cannot announce anything to the others that listen
   * to the platform. End the session at the platform instead, which announces it to all of them.
   *
   * @throws {PatronusConfigurationError} in every case; names the remedy
   */
  override revoke(): Promise<never> {
    return Promise.reject(
      new PatronusConfigurationError(
        'revocations',
        'come from the platform, so other processes would not learn of this one.',
        'End the session or revoke the token at the platform, or use redisRevocations().',
      ),
    );
  }

  override async start(): Promise<void> {
    this.#modules += 1;
    if (this.#modules > 1) return;
    this.#startedAt = Date.now();
    await this.#stream.start();
  }

  override async stop(): Promise<void> {
    if (this.#modules === 0) return;
    this.#modules -= 1;
    if (this.#modules === 0) await this.#stream.stop();
  }

  #hear(type: string, data: string, isRepeated: boolean): void {
    if (!isAnnouncement(type)) return;
    const announcement = readAnnouncement(type, data, this.#settings.known.issuer);
    if (announcement !== undefined) {
      this.#accept(announcement.revocation, announcement.at, isRepeated);
      return;
    }
    this.#warnings.warn(
      `platform ${type}`,
      `The platform sends events of the type ${type} that cannot be read: they are ignored.`,
    );
  }

  /**
   * Adds a revocation. The platform repeats some of them: only the first one emits an event, and
   * only if it does not date from before the start of this process.
   */
  #accept(revocation: Revocation, at: number | undefined, isRepeated: boolean): void {
    const now = Date.now();
    const isKnown = this.#index.has(revocation);
    const until = now + this.#settings.keepFor * 1000;
    this.#index.add({ revocation, at: Math.min(at ?? now, now), until });
    const isOld = isRepeated && at !== undefined && at < this.#startedAt;
    if (!isKnown && !isOld) this.report(revocation);
  }

  #warn(reason: unknown): void {
    const message = reason instanceof Error ? reason.message : String(reason);
    const consequence = this.#settings.denies
      ? 'requests that carry a credential are answered with 503'
      : 'only credentials that were revoked before are refused';
    const problem =
      reason instanceof RefusedAccessError && reason.isLasting
        ? 'The platform refuses its events to this application: until it is allowed to read them'
        : 'The platform cannot be reached: until it can';
    this.#logger.warn(`${problem}, ${consequence}. ${message}`);
  }
}

/**
 * Learns from the identity platform which sessions and tokens have ended.
 *
 * @example
 * PatronusModule.forRoot({
 *   identityProvider: oidc({ issuer, audience: 'https://api.example.com' }),
 *   revocations: platformRevocations({ issuer, clientId, clientSecret }),
 * })
 * @throws {PatronusConfigurationError} if an option is not valid
 */
export function platformRevocations(options: PlatformRevocationsOptions): PlatformRevocations {
  return new PlatformRevocations(options);
}
