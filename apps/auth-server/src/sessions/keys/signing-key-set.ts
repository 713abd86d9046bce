import {
  Injectable,
  Logger,
  type OnModuleDestroy,
  type OnModuleInit,
  Module,
} from '@nestjs/common';
import type { JWK } from 'jose';
import { EventsModule } from '../../events/events.module.js';
import { Clock } from '../../operation/clock.js';
import { Keyring } from '../../operation/crypto/keyring.js';
import { PeriodicJob } from '../../operation/jobs/periodic-job.js';
import { failureReason } from '../../operation/logging/redaction.js';
import {
  SIGNING_ALGORITHMS,
  type SigningAlgorithm,
  type SigningKeyRow,
} from './signing-keys.table.js';
import { type HeldKey, openKey, signerOf } from './signing-key.js';
import { SigningKeyRepository } from './signing-key.repository.js';
import { HealthIndicators } from '../../operation/health/health.controller.js';
import { PlatformMetrics } from '../../operation/metrics/metrics.js';

/** The interval at which an instance reads the keys of other instances, in milliseconds. */
const REREAD_EVERY = 15_000;

type TimedKey = HeldKey & SigningKeyRow;

/** The platform's signing keys. Each algorithm has a chain, which rotates by itself. */
@Injectable()
export class SigningKeySet implements OnModuleInit, OnModuleDestroy {
  readonly #logger = new Logger('Keys');
  readonly #listeners = new Set<() => void>();
  #keys: readonly TimedKey[] = [];
  #order = '';
  #reading: Promise<void> | undefined;
  readonly #job = new PeriodicJob({
    intervalMs: REREAD_EVERY,
    run: () => this.#reread(),
    failed: (error) => this.#keepKnown(error),
  });
  #isTold = false;

  private constructor(
    private readonly store: SigningKeyRepository,
    private readonly keyring: Keyring,
    private readonly clock: Clock,
  ) {}

  /**
   * Opens the keys, and creates missing ones.
   *
   * @throws {SettingsError} if they cannot be decrypted
   */
  static async open(
    store: SigningKeyRepository,
    keyring: Keyring,
    clock: Clock,
  ): Promise<SigningKeySet> {
    const set = new SigningKeySet(store, keyring, clock);
    await set.reload();
    return set;
  }

  onModuleInit(): void {
    this.#job.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.#job.stop();
    await this.#reading?.catch(() => undefined);
  }

  /** Returns the active key. */
  signingKey(algorithm: SigningAlgorithm): HeldKey {
    const signer = signerOf(this.#chain(algorithm), this.clock.now());
    if (signer === undefined) throw new Error(`There is no key for ${algorithm}.`);
    return signer;
  }

  /** The seconds for which the oldest active key has signed. */
  get age(): number {
    const now = this.clock.now();
    const starts = SIGNING_ALGORITHMS.map(
      (algorithm) => signerOf(this.#chain(algorithm), now)?.signsFrom ?? now,
    );
    return Math.max(...starts.map((start) => (now.getTime() - start.getTime()) / 1000), 0);
  }

  /** Finds a published key. */
  find(kid: string): HeldKey | undefined {
    return this.#published().find((key) => key.kid === kid);
  }

  /** Returns the public keys: the active ones, the next ones and the previous ones. */
  publicJwks(): { readonly keys: readonly JWK[] } {
    return { keys: this.#published().map(({ publicJwk }) => publicJwk) };
  }

  /** Returns the private keys, the active one of each algorithm first. Never expose them. */
  privateJwks(): readonly JWK[] {
    return this.#published().map(({ privateJwk }) => privateJwk);
  }

  /**
   * Calls `listener` when keys are added or removed, or another key becomes active.
   *
   * @returns a function that removes the listener
   */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Reads the keys again, and rotates them if it is due. @throws if the database does not answer */
  reload(): Promise<void> {
    this.#reading ??= this.#read().finally(() => (this.#reading = undefined));
    return this.#reading;
  }

  async #reread(): Promise<void> {
    await this.reload();
    this.#isTold = false;
  }

  #keepKnown(error: unknown): void {
    const reason = failureReason(error);
    if (!this.#isTold)
      this.#logger.warn(`The keys cannot be read again. The known keys stay in use: ${reason}`);
    this.#isTold = true;
    this.#tell();
  }

  async #read(): Promise<void> {
    const rows = await this.store.read();
    const known = new Map(this.#keys.map((key) => [key.kid, key]));
    this.#keys = await Promise.all(
      rows.map(async (row) => {
        const held = known.get(row.kid) ?? (await openKey(row, this.keyring));
        return { ...held, ...row };
      }),
    );
    this.#tell();
  }

  #tell(): void {
    const order = this.#published()
      .map(({ kid }) => kid)
      .join(' ');
    const isNew = order !== this.#order;
    this.#order = order;
    if (isNew) for (const listener of this.#listeners) this.#call(listener);
  }

  #call(listener: () => void): void {
    try {
      listener();
    } catch (error) {
      this.#logger.error('A listener failed to apply new keys.', error);
    }
  }

  #chain(algorithm: SigningAlgorithm): readonly TimedKey[] {
    return this.#keys.filter((key) => key.algorithm === algorithm);
  }

  #published(): readonly TimedKey[] {
    const now = this.clock.now();
    return SIGNING_ALGORITHMS.flatMap((algorithm) => {
      const chain = this.#chain(algorithm);
      const signer = signerOf(chain, now);
      const others = chain.filter((key) => key !== signer && key.publishedUntil > now);
      return signer === undefined ? [] : [signer, ...others];
    });
  }
}

@Module({
  imports: [EventsModule],
  providers: [
    SigningKeyRepository,
    {
      provide: SigningKeySet,
      inject: [SigningKeyRepository, Keyring, Clock],
      useFactory: (store: SigningKeyRepository, keyring: Keyring, clock: Clock) =>
        SigningKeySet.open(store, keyring, clock),
    },
  ],
  exports: [SigningKeySet],
})
export class KeysModule implements OnModuleInit {
  constructor(
    private readonly keys: SigningKeySet,
    private readonly health: HealthIndicators,
    private readonly metrics: PlatformMetrics,
  ) {}

  onModuleInit(): void {
    const help = 'The time for which the oldest active key has signed.';
    this.metrics.watch('patronus_signing_key_age_seconds', help, () => this.keys.age);
    this.health.register('keys', async () => {
      for (const algorithm of SIGNING_ALGORITHMS) this.keys.signingKey(algorithm);
    });
  }
}
