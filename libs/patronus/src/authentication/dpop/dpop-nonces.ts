import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { isSameText } from './same-text.js';

/** Settings of the nonces that this server issues (RFC 9449, section 9). */
export interface DPoPNonceOptions {
  /** Secret of at least 32 bytes, the same in every instance. */
  readonly secret: string | Uint8Array;
  /** Seconds that one nonce is issued for. It is accepted for as long again. Default: 300. */
  readonly lifetime?: number | undefined;
}

const DEFAULT_LIFETIME = 300;

/** Nonce that is accepted. */
export interface AcceptedNonce {
  /** True if it is the nonce that is issued now. */
  readonly isCurrent: boolean;
  /** Time until which it is the current nonce, in seconds since the epoch. */
  readonly currentUntil: number;
  /** Time until which it is accepted, in seconds since the epoch. */
  readonly acceptedUntil: number;
}

/**
 * Nonces that all instances agree on without storing any. Each is an HMAC of the time, counted in
 * lifetimes. The current one and the one before it are accepted.
 */
export class DPoPNonces {
  readonly #key: KeyObject;
  readonly #lifetime: number;
  #window = Number.NaN;
  #current = '';
  #previous = '';

  constructor({ secret, lifetime = DEFAULT_LIFETIME }: DPoPNonceOptions) {
    this.#key = createSecretKey(Buffer.from(secret));
    this.#lifetime = lifetime * 1000;
  }

  /** Returns the nonce to issue now. */
  current(): string {
    this.#turn();
    return this.#current;
  }

  /** Checks a nonce. Undefined if it has expired, or if this server did not issue it. */
  check(nonce: string): AcceptedNonce | undefined {
    this.#turn();
    if (isSameText(nonce, this.#current)) return this.#accepted(true);
    return isSameText(nonce, this.#previous) ? this.#accepted(false) : undefined;
  }

  #accepted(isCurrent: boolean): AcceptedNonce {
    const seconds = this.#lifetime / 1000;
    const currentUntil = (this.#window + (isCurrent ? 1 : 0)) * seconds;
    return { isCurrent, currentUntil, acceptedUntil: currentUntil + seconds };
  }

  #turn(): void {
    const window = Math.floor(Date.now() / this.#lifetime);
    if (window === this.#window) return;
    this.#window = window;
    this.#current = this.#nonceOf(window);
    this.#previous = this.#nonceOf(window - 1);
  }

  #nonceOf(window: number): string {
    return createHmac('sha256', this.#key).update(`dpop-nonce:${window}`).digest('base64url');
  }
}
