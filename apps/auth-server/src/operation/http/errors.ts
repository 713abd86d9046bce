import { HttpException } from '@nestjs/common';
import { DrizzleQueryError } from 'drizzle-orm';

const CODES = {
  invalid_input: { status: 400, message: 'Some values are missing or not valid.' },
  invalid_request: { status: 400, message: 'The request is malformed.' },
  interaction_expired: {
    status: 400,
    message: 'This sign-in expired or was completed. Go back to the application and start again.',
  },
  unauthorized: { status: 401, message: 'Authentication is required.' },
  invalid_credentials: {
    status: 401,
    message: 'The name or password is incorrect, or the email address is not confirmed yet.',
  },
  refresh_token_invalid: { status: 401, message: 'The refresh token is not valid. Sign in again.' },
  cross_site_request: { status: 403, message: 'This form was sent from another site.' },
  forbidden: { status: 403, message: 'Access is denied.' },
  not_found: { status: 404, message: 'Not found.' },
  method_not_allowed: { status: 405, message: 'This method is not supported here.' },
  conflict: { status: 409, message: 'This value is already taken.' },
  link_invalid: { status: 410, message: 'The link was used or has expired.' },
  body_too_large: { status: 413, message: 'The request body is too large.' },
  unsupported_media_type: { status: 415, message: 'The content type is not supported.' },
  password_rejected: { status: 422, message: 'Choose another password.' },
  account_locked: { status: 429, message: 'Too many failed sign-ins. Try again later.' },
  rate_limited: { status: 429, message: 'Too many requests. Try again later.' },
  server_error: { status: 500, message: 'Something went wrong on our side.' },
  overloaded: { status: 503, message: 'Too many sign-ins at once. Try again in a moment.' },
  unavailable: { status: 503, message: 'The service is temporarily unavailable. Try again soon.' },
} as const satisfies Record<string, { status: number; message: string }>;

/** Stable, for programs. */
export type PlatformErrorCode = keyof typeof CODES;

export function describePlatformError(code: PlatformErrorCode): {
  readonly status: number;
  readonly message: string;
} {
  return CODES[code];
}

/** What an error knows beyond its code. */
interface PlatformErrorDetails {
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

/** SQLSTATEs that are about the server being away, or too slow, not about the statement. */
const AWAY = /^(?:08|25P03|53|57|58|E[A-Z]+$)/;

/** Seconds until a retry makes sense after an outage. */
export const RETRY_AFTER_OUTAGE = 5;

/** Whether a retry may help: what is needed did not answer. */
export function isOutage(error: unknown): boolean {
  if (error instanceof DrizzleQueryError) return isAway(error.cause);
  if (typeof error !== 'object' || error === null) return false;
  if ('code' in error && (error.code === 'provider_unavailable' || error.code === 'unavailable')) {
    return true;
  }
  return isAway(error);
}

/** For the log: where it happened and of what kind, without texts that may hold what was sent. */
export function withoutTexts(error: unknown): string {
  if (!(error instanceof Error)) return 'an unknown error';
  const code = codeOf(error) ?? codeOf(error.cause);
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return [code === undefined ? error.name : `${error.name} (${code})`, ...frames].join('\n');
}

function isAway(error: unknown): boolean {
  const code = codeOf(error);
  if (code !== undefined) return AWAY.test(code);
  return error instanceof Error && /terminated|timeout|closed/i.test(error.message);
}

function codeOf(error: unknown): string | undefined {
  const has = typeof error === 'object' && error !== null && 'code' in error;
  return has && typeof error.code === 'string' ? error.code : undefined;
}
