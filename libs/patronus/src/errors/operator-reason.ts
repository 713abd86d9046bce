import { PatronusError } from './patronus.error.js';

/** Returns the reason of a failure for operators. The message of a `PatronusError` is for callers. */
export function operatorReason(error: unknown): string {
  if (error instanceof PatronusError && error.reason !== undefined) {
    const { cause, reason } = error;
    const more = cause instanceof Error ? cause.message : '';
    return more === '' || reason.includes(more) ? reason : `${reason}: ${more}`;
  }
  return error instanceof Error ? error.message : String(error);
}
