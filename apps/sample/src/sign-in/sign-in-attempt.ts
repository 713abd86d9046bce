/** The state of a sign-in in progress, which the browser stores and returns. */
export interface SignInAttempt {
  /** RFC 6749, section 10.12. */
  readonly state: string;
  /** OpenID Connect Core 1.0, section 3.1.2.1. */
  readonly nonce: string;
  /** RFC 7636, section 4.1. */
  readonly verifier: string;
  /** The requested path to return to. It is not validated. */
  readonly returnTo: string;
}

/** Writes an attempt as the value of a cookie. */
export function writeAttempt({ state, nonce, verifier, returnTo }: SignInAttempt): string {
  return [state, nonce, verifier, Buffer.from(returnTo).toString('base64url')].join('.');
}

/** Reads an attempt from the value of a cookie. Undefined if it is malformed. */
export function readAttempt(text: string | undefined): SignInAttempt | undefined {
  const [state, nonce, verifier, returnTo, ...others] = text?.split('.') ?? [];
  if (!state || !nonce || !verifier || !returnTo || others.length > 0) return undefined;
  return { state, nonce, verifier, returnTo: Buffer.from(returnTo, 'base64url').toString() };
}
