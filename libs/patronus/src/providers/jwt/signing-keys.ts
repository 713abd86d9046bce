import { PatronusError } from '../../errors/patronus.error.js';
import { FetchWindow } from './fetch-window.js';
import type { KeyLocation } from './key-location.js';
import {
  FAILURE_IS_RECENT,
  KEYS_GRACE,
  KEYS_MAX_AGE,
  KEYS_STALE_AFTER,
  RETRY_AFTER,
} from './key-policy.js';
import { KeySet } from './key-set.js';
import type { SignatureAlgorithm } from './signature-algorithm.js';
import { invalid } from './token-error.js';
import type { VerificationKey } from './verification-key.js';

/** The signing keys of one issuer, kept fresh by the rules of `key-policy.ts`. */
export class SigningKeys {
  private readonly window = new FetchWindow();
  private keys = KeySet.EMPTY;
  private fetchedAt = Number.NEGATIVE_INFINITY;
  private failure: { readonly cause: unknown; readonly at: number } | undefined;
  private inFlight: Promise<void> | undefined;

  constructor(
    private readonly location: KeyLocation,
    private readonly algorithms: readonly SignatureAlgorithm[],
  ) {}

  /**
   * The key that a token's header names, fetched where it is not known yet.
   *
   * @throws {PatronusError} `token_invalid` where the issuer has no such key, `provider_unavailable`
   * where the issuer could not be asked
   */
  find(kid: string | undefined): VerificationKey | Promise<VerificationKey> {
    const age = this.age();
    if (age > KEYS_MAX_AGE && !this.failedRecently(age)) return this.findAnew(kid);
    if (age > KEYS_STALE_AFTER) void this.refresh();
    const keys = this.usable();
    const known = keys.find(kid);
    if (known !== undefined) return known;
    return kid === undefined && keys.size > 0 ? this.refuse(kid) : this.findAnew(kid);
  }

  /** @throws {PatronusError} `provider_unavailable`, with the failure as its cause */
  async warmUp(): Promise<void> {
    await this.refresh();
    if (this.usable().size === 0) throw this.unavailable();
  }

  private async findAnew(kid: string | undefined): Promise<VerificationKey> {
    await this.refresh();
    return this.usable().find(kid) ?? this.refuse(kid);
  }

  /** Seconds since the last good fetch. */
  private age(): number {
    return (Date.now() - this.fetchedAt) / 1000;
  }

  private failedRecently(age: number): boolean {
    if (this.failure === undefined || age > KEYS_GRACE) return false;
    return Date.now() - this.failure.at < FAILURE_IS_RECENT * 1000;
  }

  private usable(): KeySet {
    return this.age() > KEYS_GRACE ? KeySet.EMPTY : this.keys;
  }

  private refuse(kid: string | undefined): never {
    if (this.usable().size === 0) throw this.unavailable();
    if (kid === undefined) throw invalid('no kid, and more than one key');
    throw this.failure === undefined ? invalid('unknown kid') : this.unavailable();
  }

  private unavailable(): PatronusError {
    const cause = this.failure?.cause ?? new Error('The issuer publishes no usable key.');
    const reason = cause instanceof Error ? cause.message : 'The keys cannot be fetched.';
    return new PatronusError('provider_unavailable', { retryAfter: RETRY_AFTER, reason, cause });
  }

  /** One fetch at a time, which all wait for; none where the window is full. Never rejects. */
  private refresh(): Promise<void> {
    if (this.inFlight === undefined && this.window.tryStart()) {
      this.inFlight = this.fetch().finally(() => (this.inFlight = undefined));
    }
    return this.inFlight ?? Promise.resolve();
  }

  private async fetch(): Promise<void> {
    const startedAt = Date.now();
    try {
      this.keys = await KeySet.fetch(await this.location.find(), this.algorithms);
      this.fetchedAt = startedAt;
      this.failure = undefined;
    } catch (cause) {
      this.location.forget();
      this.failure = { cause, at: Date.now() };
    }
  }
}
