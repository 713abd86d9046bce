/** Access decision in an answer of any transport. */
export interface Answer {
  /** Status of HTTP. Undefined for other transports. */
  readonly status: number | undefined;
  /** Code of the error: one of `PatronusError`, or of other software. */
  readonly code: string | undefined;
  /** Id of the denial in logs and events. */
  readonly decisionId: string | undefined;
  /** True if it is an error at all. */
  readonly failed: boolean;
}
