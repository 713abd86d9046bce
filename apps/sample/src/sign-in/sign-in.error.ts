/** The reason of a failed sign-in. The page has a sentence for each. */
export type SignInProblem = 'cancelled' | 'not_started' | 'refused' | 'unavailable';

/** A failed sign-in. The cause is for operators, and contains neither a code nor a token. */
export class SignInError extends Error {
  override readonly name = 'SignInError';

  constructor(
    readonly problem: SignInProblem,
    options?: ErrorOptions,
  ) {
    super(`The sign-in ended: ${problem}.`, options);
  }
}
