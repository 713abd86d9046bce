/** Why somebody is not signed in, as the page is told: it has the sentence. */
export type SignInProblem = 'cancelled' | 'not_started' | 'refused' | 'unavailable';

/** The cause is for operators, and holds neither a code nor a token. */
export class SignInError extends Error {
  override readonly name = 'SignInError';

  constructor(
    readonly problem: SignInProblem,
    options?: ErrorOptions,
  ) {
    super(`The sign-in ended: ${problem}.`, options);
  }
}
