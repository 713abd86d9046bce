/** The kinds of credential that a provider can answer for. */
export type CredentialScheme = 'bearer' | 'api-key';

/** What a caller presents. */
export interface Credential {
  readonly scheme: CredentialScheme;
  /** The token or key as it was sent, never longer than 16 KiB. */
  readonly token: string;
}
