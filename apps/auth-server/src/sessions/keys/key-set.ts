import {
  Injectable,
  Logger,
  type OnModuleDestroy,
  type OnModuleInit,
  Module,
} from '@nestjs/common';
import type { JWK } from 'jose';
import { Clock } from '../../operation/clock.js';
import { Sealer } from '../../operation/crypto/sealer.js';
import { failureReason } from '../../operation/database/database.js';
import {
  SIGNING_ALGORITHMS,
  type SigningAlgorithm,
  type SigningKeyRow,
} from './signing-keys.table.js';
import { type HeldKey, openKey, signerOf } from './signing-key.js';
import { SigningKeyStore } from './signing-key.repository.js';
import { HealthIndicators } from '../../operation/health/health.controller.js';

/** How often an instance looks for what others have changed, in milliseconds. */
const REREAD_EVERY = 15_000;

type TimedKey = HeldKey & SigningKeyRow;

/** The platform's signing keys: one chain for each algorithm, which rotates by itself. */
@Injectable()
export class KeySet implements OnModuleInit, OnModuleDestroy {
  readonly #logger = new Logger('Keys');
  readonly #listeners = new Set<() => void>();
  #keys: readonly TimedKey[] = [];
  #order = '';
  #reading: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isTold = false;

  private constructor(
    private readonly store: SigningKeyStore,
    private readonly sealer: Sealer,
    private readonly clock: Clock,
  ) {}

  /**
   * The set as it is now, with keys that sign.
   *
   * @throws {SettingsError} where the master key does not open them
   */
  static async open(store: SigningKeyStore, sealer: Sealer, clock: Clock): Promise<KeySet> {
    const set = new KeySet(store, sealer, clock);
    await set.reload();
    return set;
  }

  onModuleInit(): void {
    this.#timer = setInterval(() => void this.#reread(), REREAD_EVERY).unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.#timer);
    await this.#reading?.catch(() => undefined);
  }

  /** The key that signs now. */
  signingKey(algorithm: SigningAlgorithm): HeldKey {
    const signer = signerOf(this.#chain(algorithm), this.clock.now());
    if (signer === undefined) throw new Error(`There is no key for ${algorithm}.`);
    return signer;
  }

  /** The key of that `kid`, while it is published. */
  find(kid: string): HeldKey | undefined {
    return this.#published().find((key) => key.kid === kid);
  }

  /** What anybody may see: the keys that sign, that will, and that did a while ago. */
  publicJwks(): { readonly keys: readonly JWK[] } {
    return { keys: this.#published().map(({ publicJwk }) => publicJwk) };
  }

  /** The same keys in private, of each algorithm first the one that signs. Never to be shown. */
  privateJwks(): readonly JWK[] {
    return this.#published().map(({ privateJwk }) => privateJwk);
  }

  /**
   * Calls `listener` whenever keys came or went, or another one signs.
   *
   * @returns what ends that
   */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Reads the keys anew, and rotates where it is due. @throws where the database does not answer */
  reload(): Promise<void> {
    this.#reading ??= this.#read().finally(() => (this.#reading = undefined));
    return this.#reading;
  }

  async #reread(): Promise<void> {
    try {
      await this.reload();
      this.#isTold = false;
    } catch (error) {
      const reason = failureReason(error);
      if (!this.#isTold)
        this.#logger.warn(`The known keys go on, others cannot be read: ${reason}`);
      this.#isTold = true;
      this.#tell();
    }
  }

  async #read(): Promise<void> {
    const rows = await this.store.read();
    const known = new Map(this.#keys.map((key) => [key.kid, key]));
    this.#keys = await Promise.all(
      rows.map(async (row) => {
        const held = known.get(row.kid) ?? (await openKey(row, this.sealer));
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
      this.#logger.error('Somebody who uses the keys did not take new ones over.', error);
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
  providers: [
    SigningKeyStore,
    {
      provide: KeySet,
      inject: [SigningKeyStore, Sealer, Clock],
      useFactory: (store: SigningKeyStore, sealer: Sealer, clock: Clock) =>
        KeySet.open(store, sealer, clock),
    },
  ],
  exports: [KeySet],
})
export class KeysModule implements OnModuleInit {
  constructor(
    private readonly keys: KeySet,
    private readonly health: HealthIndicators,
  ) {}

  onModuleInit(): void {
    this.health.register('keys', async () => {
      for (const algorithm of SIGNING_ALGORITHMS) this.keys.signingKey(algorithm);
    });
  }
}
