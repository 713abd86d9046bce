/** How proofs of possession are checked (RFC 9449). Bound tokens need one with or without options. */
export interface DPoPOptions {
  /** Issuers whose tokens are refused unless they are bound to a key and come with its proof. */
  readonly requiredFor?: readonly string[] | undefined;
}
