import type { DeniedEvent } from '../auth-event.js';

/** One denial, as it is kept. Texts are cut after 1024 characters, and hold no token. */
export interface DenialRecord extends Omit<DeniedEvent, 'type' | 'explanation'> {
  /** Of this record: a request of GraphQL may be denied more than once. */
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
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
