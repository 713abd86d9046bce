import { Decisions } from '../../observability/decisions.js';

/** Decides as usual, and emits no event: an explanation is not a call. */
export class DryDecisions extends Decisions {
  override allow(): void {}

  override deny(error: unknown): unknown {
    return error;
  }
}
