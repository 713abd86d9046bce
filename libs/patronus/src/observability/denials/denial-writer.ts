import type { PatronusErrorCode } from '../../errors/error-codes.js';

/** One denial, as it is kept. Texts are cut after 1024 characters, and hold no token. */
export interface DenialRecord {
  /** Of this record: a request of GraphQL may be denied more than once. */
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The id that the caller has seen, and that stands in the log. */
  readonly decisionId: string;
  readonly code: PatronusErrorCode;
  readonly reason: string | undefined;
  /** `http`, `ws`, `rpc` or `graphql`. */
  readonly transport: string;
  /** `Controller.handler`. */
  readonly route: string;
  readonly method: string;
  /** Without the query string; elsewhere the pattern or the field. */
  readonly path: string;
  /** The caller, if the credential was verified. */
  readonly user: string | undefined;
  readonly issuer: string | undefined;
  readonly tenant: string | undefined;
}

/** A place where denials are kept. */
export abstract class DenialWriter {
  /**
   * Writes a batch, and resolves once it is kept. A batch whose promise rejects is written again, with
   * the same ids.
   *
   * @param signal - aborts after 30 seconds: the writer must let go of what it holds, and reject
   */
  abstract write(records: readonly DenialRecord[], signal: AbortSignal): Promise<void>;
}
