import { PatronusError } from '../../errors/patronus.error.js';
import { Circuit } from '../../remote/circuit.js';
import { FetchWindow } from './fetch-window.js';
import type { KeyClient } from './key-client.js';
import {
  FAILURE_IS_RECENT,
  JITTER,
  KEYS_GRACE,
  KEYS_MAX_AGE,
  KEYS_STALE_AFTER,
  RETRY_AFTER,
} from './key-policy.js';
import { KeySet } from './key-set.js';
import { invalid } from './token-error.js';
import type { VerificationKey } from './verification-key.js';

/** Listens for events of the keys of an issuer. */
export interface KeyListener {
  /** Called after each fetch of the keys. The error is undefined if it succeeded. */
  fetched(error: unknown): void;
  /** Called when the keys cannot be fetched, once for each outage. */
  unavailable(reason: string): void;
  recovered(): void;
  /** Called when the issuer publishes other keys than before, by `kid`. */
  rotated(added: readonly string[], removed: readonly string[]): void;
}

/** Signing keys of one issuer, kept fresh by the rules of `key-policy.ts`. */
export class SigningKeys {
  private readonly window = new FetchWindow();
  private readonly circuit = new Circuit();
  private keys = KeySet.EMPTY;
  private fetchedAt = Number.NEGATIVE_INFINITY;
  private failure: { readonly cause: unknown; readonly at: number } | undefined;
  private inFlight: Promise<void> | undefined;
  private staleAfter = KEYS_STALE_AFTER;

  constructor(
    private readonly client: KeyClient,
    private readonly listener: KeyListener,
  ) {}

  /**
   * Returns the key that a token's header names, and fetches it if it is not cached.
   *
   * @throws {PatronusError} `token_invalid` if the issuer has no such key, `provider_unavailable`
   * if the keys could not be fetched
   */
  find(kid: string | undefined): VerificationKey | Promise<VerificationKey> {
    const age = this.age();
    if (age > KEYS_MAX_AGE && !this.failedRecently(age)) return this.findAnew(kid);
    if (age > this.staleAfter) void this.refresh();
    const keys = this.usable();
    const known = keys.find(kid);
    if (known !== undefined) return known;
    return kid === undefined && keys.size > 0 ? this.refuse(kid) : this.findAnew(kid);
  }

  /** Returns the key of that `kid` if it is cached. Fetches nothing. */
  atHand(kid: string | undefined): VerificationKey | undefined {
    return this.usable().find(kid);
  }

  /**
   * Fetches the keys at start.
   *
   * @throws {PatronusError} `provider_unavailable`, with the failure as its cause
   */
  async warmUp(): Promise<void> {
    await this.refresh();
    if (this.usable().size === 0) throw this.unavailable();
  }

  /** Returns the number of valid keys, and their age in whole seconds. */
  get known(): { readonly count: number; readonly age: number | undefined } {
    const age = this.age();
    return { count: this.usable().size, age: Number.isFinite(age) ? Math.floor(age) : undefined };
  }

  private async findAnew(kid: string | undefined): Promise<VerificationKey> {
    await this.refresh();
    return this.usable().find(kid) ?? this.refuse(kid);
  }

  /** Returns the seconds since the last successful fetch. */
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

  /**
   * Starts one fetch at a time, which all callers wait for, and none if the window is full. Never
   * rejects.
   */
  private refresh(): Promise<void> {
    if (this.inFlight === undefined && this.window.isOpen()) {
      this.inFlight = this.fetch().finally(() => (this.inFlight = undefined));
    }
    return this.inFlight ?? Promise.resolve();
  }

  private async fetch(): Promise<void> {
    const startedAt = Date.now();
    try {
      const keys = await this.circuit.run(() => this.ask());
      this.replace(keys, startedAt);
    } catch (cause) {
      this.fail(cause);
    }
  }

  private async ask(): Promise<KeySet> {
    this.window.start();
    let failure: unknown;
    try {
      return await this.client.read();
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      this.listener.fetched(failure);
    }
  }

  private replace(keys: KeySet, fetchedAt: number): void {
    const before = this.keys;
    const wasDown = this.failure !== undefined;
    this.keys = keys;
    this.fetchedAt = fetchedAt;
    this.failure = undefined;
    this.staleAfter = KEYS_STALE_AFTER - Math.random() * JITTER;
    if (wasDown) this.listener.recovered();
    const added = keys.kidsBeyond(before);
    const removed = before.kidsBeyond(keys);
    if (before.size > 0 && added.length + removed.length > 0) this.listener.rotated(added, removed);
  }

  private fail(cause: unknown): void {
    const wasUp = this.failure === undefined;
    // While the circuit is open no fetch is made. The error that opened it is the one to report.
    const known = this.circuit.isOpen ? this.failure?.cause : undefined;
    this.failure = { cause: known ?? cause, at: Date.now() };
    if (wasUp) this.listener.unavailable(this.unavailable().reason ?? 'unknown');
  }
}
