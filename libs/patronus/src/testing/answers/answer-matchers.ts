import type { PatronusErrorCode } from '../../errors/error-codes.js';

/**
 * Promise for a response of `fetch`, which is read asynchronously, so its matchers must be awaited.
 */
type Outcome<R, T> = T extends { readonly bodyUsed: boolean } ? Promise<void> : R;

/** Matchers that {@link patronusMatchers} add to `expect()`. */
export interface AnswerMatchers<R, T = unknown> {
  /** Passes if the answer is a success. */
  toBeAllowed(): Outcome<R, T>;
  /** Passes if Patronus refuses, for any reason. An outage is not a refusal. */
  toBeDenied(): Outcome<R, T>;
  /** Passes if the answer has exactly that code. */
  toBeDeniedWith(code: PatronusErrorCode): Outcome<R, T>;
}
