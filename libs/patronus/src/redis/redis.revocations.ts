import { Logger } from '@nestjs/common';
import { PatronusError } from '../errors/patronus.error.js';
import type { Identity } from '../identity/identity.js';
import type { Revocation } from '../revocation/revocation.js';
import { newEntry, type RevocationEntry } from '../revocation/revocation-entry.js';
import { RevocationIndex } from '../revocation/revocation-index.js';
import { Revocations } from '../revocation/revocations.js';
import type { RedisConnection } from './redis-connection.js';
import {
  readOptions,
  type RedisRevocationsOptions,
  type RedisRevocationsSettings,
} from './redis-revocations.options.js';
import { RedisSubscription } from './redis-subscription.js';
import { readRecord } from './revocation-record.js';
import { RevocationSet } from './revocation-set.js';

/** Maximum time in which a process may have missed a revocation, in milliseconds. */
const LATEST = 1000;

/**
 * Revocations that all instances of an application share through Redis. Each instance holds them in
 * its own memory and receives new ones at once. By default, an instance that may have missed
 * revocations for a second refuses everything until it has caught up. The same applies to the first
 * requests after its event loop was blocked for that long.
 *
 * The Redis should keep its data through a restart, and not evict keys without a time to live. Data
 * that it loses is restored by the running instances when they reconnect, but not by new ones.
 */
export class RedisRevocations extends Revocations {
  readonly #logger = new Logger('Patronus');
  readonly #settings: RedisRevocationsSettings;
  readonly #index: RevocationIndex;
  readonly #set: RevocationSet;
  readonly #subscription: RedisSubscription;
  #modules = 0;
  #startedAt = 0;
  /**
   * True if a warning was logged for records that cannot be read. Logged once for each connection.
   */
  #isTold = false;

  /**
   * Checks the options.
   *
   * @throws {PatronusConfigurationError} if an option is not valid
   */
  constructor(options: RedisRevocationsOptions) {
    super();
    const settings = readOptions(options);
    const { key, max, source } = settings;
    this.#settings = settings;
    this.#index = new RevocationIndex(max);
    this.#set = new RevocationSet(key, source.isCluster);
    this.#subscription = new RedisSubscription(source, key, {
      heard: (message) => this.#hear(message),
      catchUp: (commands) => this.#catchUp(commands),
      lost: (reason) => this.#warn(reason),
      recovered: () => this.#logger.log('Redis can be reached again: revocations are up to date.'),
    });
  }

  override isRevoked(identity: Identity, tenantId: string | undefined): boolean {
    if (this.#index.isRevoked(identity, tenantId)) return true;
    if (!this.#settings.denies || this.#subscription.age <= LATEST) return false;
    throw new PatronusError('provider_unavailable', {
      reason: 'Redis has not answered for a second: revocations may have been missed',
      retryAfter: 1,
    });
  }

  override has(revocation: Revocation): boolean {
    return this.#index.has(revocation);
  }

  override revoke(revocation: Revocation): Promise<void> {
    return this.revokeAll([revocation]);
  }

  /** Adds up to a thousand with each command. Those that were added before a failure stay revoked. */
  override async revokeAll(revocations: readonly Revocation[]): Promise<void> {
    const entries = revocations.map((each) => newEntry(each, this.#settings.keepFor));
    if (entries.length === 0) return;
    try {
      const { commands } = this.#subscription;
      await this.#set.add(commands, entries, (added) => this.#acceptAll(added));
    } catch (cause) {
      throw new PatronusError('provider_unavailable', {
        reason: 'the revocation could not be distributed through Redis',
        cause,
        retryAfter: 1,
      });
    }
  }

  override async start(): Promise<void> {
    this.#modules += 1;
    if (this.#modules > 1) return;
    this.#startedAt = Date.now();
    await this.#subscription.start();
  }

  override async stop(): Promise<void> {
    if (this.#modules === 0) return;
    this.#modules -= 1;
    if (this.#modules === 0) await this.#subscription.stop();
  }

  #catchUp(commands: RedisConnection): Promise<void> {
    this.#isTold = false;
    return this.#set.read(commands, this.#index.live(), (record) => this.#hear(record));
  }

  #hear(record: string): void {
    const entry = readRecord(record);
    if (entry !== undefined) this.#accept(entry);
    else if (!this.#isTold) {
      this.#isTold = true;
      this.#logger.error('Redis holds revocations that cannot be read: they are ignored.');
    }
  }

  #acceptAll(entries: readonly RevocationEntry[]): void {
    for (const entry of entries) this.#accept(entry);
  }

  /** Adds an entry. Revocations from before the start of this process emit no event. */
  #accept(entry: RevocationEntry): void {
    if (this.#index.add(entry) && entry.at >= this.#startedAt) this.report(entry.revocation);
  }

  #warn(reason: unknown): void {
    const message = reason instanceof Error ? reason.message : String(reason);
    const consequence = this.#settings.denies
      ? 'requests that carry a credential are answered with 503'
      : 'only credentials that were revoked before are refused';
    this.#logger.warn(`Redis cannot be reached: until it can, ${consequence}. ${message}`);
  }
}

/**
 * Shares revocations among all instances of an application.
 *
 * @example
 * PatronusModule.forRoot({ identityProvider, revocations: redisRevocations({ url: 'redis://…' }) })
 * @throws {PatronusConfigurationError} if an option is not valid
 */
export function redisRevocations(options: RedisRevocationsOptions): RedisRevocations {
  return new RedisRevocations(options);
}
