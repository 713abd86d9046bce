import type { DPoPNonceOptions } from './dpop-nonces.js';
import type { DPoPReplays } from './dpop-replays.js';

/**
 * Settings of the check of proofs of possession (RFC 9449). Bound tokens need a proof with or
 * without options.
 */
export interface DPoPOptions {
  /** Issuers whose tokens are refused unless they are bound to a key and come with its proof. */
  readonly requiredFor?: readonly string[] | undefined;
  /**
   * Origin that callers see: `https://api.example.com`. Required behind a proxy, and recommended
   * everywhere. Without it the `Host` header is used, which an attacker who replays a proof can
   * choose.
   */
  readonly origin?: string | undefined;
  /** Seconds for which a proof can be used after its `iat`, 1 to 300. Default: 60. */
  readonly maxAge?: number | undefined;
  /**
   * Seconds that the `iat` of a proof may be ahead of this server's clock, 0 to 300. Default: 15.
   * With `nonces`, a proof that holds the current nonce is accepted with any `iat` (RFC 9449,
   * section 4.3, point 11).
   */
  readonly leeway?: number | undefined;
  /** Requires a nonce of this server in every proof, so that proofs cannot be made in advance. */
  readonly nonces?: DPoPNonceOptions | undefined;
  /** Store of used proofs. By default the memory of this process. */
  readonly replays?: DPoPReplays | undefined;
}
