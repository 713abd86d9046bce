/** Target of a call, for events, logs and denials. */
export interface CallTarget {
  /**
   * HTTP method, such as `GET`; for other transports the kind of the call: `MESSAGE`, `EVENT`,
   * `QUERY`.
   */
  readonly method: string;
  /** Path without its query string; for other transports the pattern, or the name of the field. */
  readonly path: string;
}
