/**
 * Remembers which proofs were used, so that each counts once (RFC 9449, section 11.1). An abstract
 * class: the type and the injection token in one.
 *
 * What it throws, and no answer within a second, refuse the request with `provider_unavailable`.
 */
export abstract class DPoPReplays {
  /**
   * Whether a proof is used for the first time. Of any number of calls at once with one key, in any
   * number of processes, exactly one may hear true.
   *
   * @param key - names the proof; holds nothing of it in clear
   * @param ttlSeconds - for how long it must be remembered: afterwards the proof is too old anyway
   * @param holder - whose proof it is, so that nobody's flood takes everybody's room
   */
  abstract firstUse(key: string, ttlSeconds: number, holder: string): boolean | Promise<boolean>;

  /** Called once, at start. Must not fail where a store cannot be reached yet. */
  start(): Promise<void> {
    return Promise.resolve();
  }

  /** Called once, at the end. */
  stop(): Promise<void> {
    return Promise.resolve();
  }
}
