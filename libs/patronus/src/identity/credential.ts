/** Kinds of credential that a provider can verify. */
export type CredentialScheme = 'bearer' | 'api-key';

/** Credential that a caller presents. */
export interface Credential {
  readonly scheme: CredentialScheme;
  /** Token or key as it was sent, at most 16 KiB. */
  readonly token: string;
}

/** Holder of a credential that reads it again each time, and stores no copy of it. */
export interface CredentialSource {
  read(): Credential;
}

const B64TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/;

/** Tells whether a token is spelled in the alphabet of RFC 6750, section 2.1. */
export function isB64Token(token: string): boolean {
  return B64TOKEN.test(token);
}
