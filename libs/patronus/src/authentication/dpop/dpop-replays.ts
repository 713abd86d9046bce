/**
 * Remembers used proofs, so that each is accepted once (RFC 9449, section 11.1). An abstract class:
 * the type and the injection token in one.
 *
 * An error, or no answer within a second, refuses the request with `provider_unavailable`.
 */
export abstract class DPoPReplays {
  /**
   * Returns true if a proof is used for the first time. If any number of processes call it at once
   * with one key, it returns true to exactly one of them.
   *
   * @param key - identifies the proof, and holds no part of it in clear text
   * @param ttlSeconds - seconds for which the proof must be remembered. Afterwards it is too old in
   * any case.
   * @param holder - identifies the caller that the proof belongs to, so that a flood from one
   * caller does not use up the capacity for all others
   */
  abstract firstUse(key: string, ttlSeconds: number, holder: string): boolean | Promise<boolean>;

  /** Called once, at start. Must not fail if a store cannot be reached yet. */
  start(): Promise<void> {
    return Promise.resolve();
  }

  /** Called once, at shutdown. */
  stop(): Promise<void> {
    return Promise.resolve();
  }
}
