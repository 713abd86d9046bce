import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { isSameText } from './same-text.js';

/** Nonces of the server's own (RFC 9449, section 9). */
export interface DPoPNonceOptions {
  /** At least 32 bytes, the same in every instance. */
  readonly secret: string | Uint8Array;
  /** For how many seconds a nonce is handed out; it is accepted as long again. Default: 300. */
  readonly lifetime?: number | undefined;
}

const DEFAULT_LIFETIME = 300;

/** A nonce that is accepted. */
export interface AcceptedNonce {
  /** Whether it is the one that is handed out now. */
  readonly isCurrent: boolean;
  /** Until when it counts as the current one, in seconds since the epoch. */
  readonly currentUntil: number;
  /** Until when it is accepted, in seconds since the epoch. */
  readonly acceptedUntil: number;
}

/**
 * Nonces that every instance knows without any of them keeping one: each is an HMAC of the time,
 * counted in lifetimes. The current one and the one before it are accepted.
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

  /** The one to hand out. */
  current(): string {
    this.#turn();
    return this.#current;
  }

  /** Tells what a nonce is worth; undefined if it is an old or a foreign one. */
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
