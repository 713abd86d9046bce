import { Decisions } from '../../observability/decisions.js';

/** Decides as ever, and tells nobody: what is asked for an explanation is no call. */
export class DryDecisions extends Decisions {
  override allow(): void {}

  override deny(error: unknown): unknown {
    return error;
  }
}
