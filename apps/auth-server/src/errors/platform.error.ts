import { HttpException } from '@nestjs/common';
import { describePlatformError, type PlatformErrorCode } from './platform-error-codes.js';

/** What an error knows beyond its code. */
export interface PlatformErrorDetails {
  /** Sent with the answer: what a form shows beside its fields. */
  readonly details?: object;
  /** Seconds until a retry makes sense: sent as `Retry-After`. */
  readonly retryAfter?: number;
  /** For operators: logged, never sent. */
  readonly cause?: unknown;
}

/** A refusal of the platform, in the shape of the library's: `{ statusCode, code, message }`. */
export class PlatformError extends HttpException {
  readonly retryAfter: number | undefined;

  constructor(
    readonly code: PlatformErrorCode,
    { details, retryAfter, cause }: PlatformErrorDetails = {},
  ) {
    const { status, message } = describePlatformError(code);
    super({ statusCode: status, code, message, ...(details && { details }) }, status, { cause });
    this.name = 'PlatformError';
    this.retryAfter = retryAfter;
  }
}
