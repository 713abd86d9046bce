/** The kinds of credential that a provider can answer for. */
export type CredentialScheme = 'bearer' | 'api-key';

/** What a caller presents. */
export interface Credential {
  readonly scheme: CredentialScheme;
  /** The token or key as it was sent, never longer than 16 KiB. */
  readonly token: string;
}

const B64TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/;

/** Tells whether a token is spelled in the alphabet of RFC 6750, section 2.1. */
export function isB64Token(token: string): boolean {
  return B64TOKEN.test(token);
}
