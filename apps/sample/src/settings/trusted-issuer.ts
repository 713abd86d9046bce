/** An OpenID Connect issuer that the clinic trusts, and the audience of its tokens. */
export interface TrustedIssuer {
  readonly issuer: string;
  readonly audience: string;
}
