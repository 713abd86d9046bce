import type { DeniedEvent } from '../auth-event.js';

/** Denial as it is stored. Texts are cut after 1024 characters, and hold no token. */
export interface DenialRecord extends Omit<DeniedEvent, 'type' | 'explanation'> {
  /** Id of this record: a request of GraphQL may be denied more than once. */
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Stores denials. */
export abstract class DenialWriter {
  /**
   * Writes a batch, and resolves once it is stored. A batch whose promise rejects is written again,
   * with the same ids.
   *
   * @param signal - aborts after 30 seconds: the writer must release its resources, and reject
   */
  abstract write(records: readonly DenialRecord[], signal: AbortSignal): Promise<void>;
}
