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

  /** Whether a nonce is accepted, and whether its caller should have the next one. */
  check(nonce: string): 'current' | 'previous' | 'unknown' {
    this.#turn();
    if (isSameText(nonce, this.#current)) return 'current';
    return isSameText(nonce, this.#previous) ? 'previous' : 'unknown';
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
