import type { DPoPNonceOptions } from './dpop-nonces.js';
import type { DPoPReplays } from './dpop-replays.js';

/** How proofs of possession are checked (RFC 9449). Bound tokens need one with or without options. */
export interface DPoPOptions {
  /** Issuers whose tokens are refused unless they are bound to a key and come with its proof. */
  readonly requiredFor?: readonly string[] | undefined;
  /**
   * The origin that callers see: `https://api.example.com`. Needed behind a proxy, and advisable
   * anywhere: without it the `Host` header counts, which whoever replays a proof can choose.
   */
  readonly origin?: string | undefined;
  /** Seconds for which a proof can be used after its `iat`, 1 to 300. Default: 60. */
  readonly maxAge?: number | undefined;
  /**
   * Seconds that the `iat` of a proof may be ahead of this server's clock, 0 to 300. Default: 15. With
   * `nonces`, a proof that holds the current nonce is accepted whatever its `iat` (RFC 9449, section
   * 4.3, point 11).
   */
  readonly leeway?: number | undefined;
  /** Asks every proof for a nonce of this server, so that none can be made beforehand. */
  readonly nonces?: DPoPNonceOptions | undefined;
  /** Where used proofs are remembered. In this process's memory, unless told. */
  readonly replays?: DPoPReplays | undefined;
}
