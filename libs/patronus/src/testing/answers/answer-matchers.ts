import type { PatronusErrorCode } from '../../errors/error-codes.js';

/** A response of `fetch` is read asynchronously, so its matchers must be awaited. */
type Outcome<R, T> = T extends { readonly bodyUsed: boolean } ? Promise<void> : R;

/** What {@link patronusMatchers} add to `expect()`. */
export interface AnswerMatchers<R, T = unknown> {
  /** The answer is a success. */
  toBeAllowed(): Outcome<R, T>;
  /** Patronus refuses, for whatever reason; an outage is no refusal. */
  toBeDenied(): Outcome<R, T>;
  /** The answer has exactly that code. */
  toBeDeniedWith(code: PatronusErrorCode): Outcome<R, T>;
}
