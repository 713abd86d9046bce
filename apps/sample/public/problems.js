const SENTENCES = {
  cancelled: 'The sign-in was cancelled: you are not signed in.',
  not_started:
    'This browser did not begin that sign-in, or it took longer than ten minutes. Please sign in again.',
  refused: 'The sign-in could not be confirmed, and was refused. Please sign in again.',
  unavailable: 'The service where you sign in cannot be reached. Please try again in a moment.',
};

/** The sentence for what the address says went wrong; undefined where it says nothing known. */
export function problemOf(search) {
  const problem = new URLSearchParams(search).get('problem');
  return Object.hasOwn(SENTENCES, problem) ? SENTENCES[problem] : undefined;
}
