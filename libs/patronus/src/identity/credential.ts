/** What a caller presents. */
export interface Credential {
  readonly scheme: 'bearer';
  /** The token as it stood in the header, never longer than 16 KiB. */
  readonly token: string;
}
