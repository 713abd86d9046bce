/** What a call is about, for events, logs and denials. */
export interface CallTarget {
  /** `GET`; elsewhere the kind of the call: `MESSAGE`, `EVENT`, `QUERY`. */
  readonly method: string;
  /** The path without its query string; elsewhere the pattern, or the name of the field. */
  readonly path: string;
}
