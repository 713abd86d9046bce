/** What an answer says about access, whatever it came by. */
export interface Answer {
  /** The status of HTTP, where it came by that. */
  readonly status: number | undefined;
  /** What it calls its error: one of the codes of `PatronusError`, or of somebody else. */
  readonly code: string | undefined;
  /** The id that the denial has in logs and events. */
  readonly decisionId: string | undefined;
  /** Whether it is an error at all. */
  readonly failed: boolean;
}
