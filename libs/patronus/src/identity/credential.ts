/** Kinds of credential that a provider can verify. */
export type CredentialScheme = 'bearer' | 'api-key';

/** Credential that a caller presents. */
export interface Credential {
  readonly scheme: CredentialScheme;
  /** Token or key as it was sent, at most 16 KiB. */
  readonly token: string;
}
