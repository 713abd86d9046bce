/** An OpenID Connect issuer that the clinic believes, and the audience its tokens must name. */
export interface TrustedIssuer {
  readonly issuer: string;
  readonly audience: string;
}
