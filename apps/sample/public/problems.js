const SENTENCES = {
  cancelled: 'The sign-in was cancelled. You can sign in again.',
  not_started:
    'This browser did not start the sign-in, or the sign-in took longer than ten minutes. Please sign in again.',
  refused: 'The sign-in could not be verified. Please sign in again.',
  unavailable: 'The sign-in service cannot be reached. Please try again in a moment.',
};

/** Returns the sentence for the problem in the address. Undefined if there is no known problem. */
export function problemOf(search) {
  const problem = new URLSearchParams(search).get('problem');
  return Object.hasOwn(SENTENCES, problem) ? SENTENCES[problem] : undefined;
}

/** Tells if the issuer led back from signing out. */
export function isSignedOut(search) {
  return new URLSearchParams(search).get('state') === 'signed_out';
}
