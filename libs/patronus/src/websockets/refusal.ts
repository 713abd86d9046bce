import type { PatronusErrorCode } from '../errors/error-codes.js';
import type { PatronusError } from '../errors/patronus.error.js';

/**
 * Refusal as the caller gets it: the payload of `exception`, and the `data` of Socket.IO's
 * `connect_error`.
 */
export interface Refusal {
  readonly status: 'error';
  readonly code: PatronusErrorCode;
  readonly message: string;
  readonly decisionId?: string;
  /** Seconds until a retry makes sense. */
  readonly retryAfter?: number;
}

export function refusalOf(error: PatronusError, decisionId: string | undefined): Refusal {
  const { code, message, retryAfter, disclosed } = error;
  const told = { ...disclosed, status: 'error' as const, code, message };
  return {
    ...told,
    ...(decisionId !== undefined && { decisionId }),
    ...(retryAfter !== undefined && { retryAfter }),
  };
}
