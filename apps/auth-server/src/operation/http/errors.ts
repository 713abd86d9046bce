import { HttpException } from '@nestjs/common';
import { DrizzleQueryError } from 'drizzle-orm';
import { codeOf } from '../logging/redaction.js';

const CODES = {
  invalid_input: { status: 400, message: 'Some fields are missing or invalid.' },
  invalid_request: { status: 400, message: 'The request is malformed.' },
  interaction_expired: {
    status: 400,
    message: 'This sign-in has expired. Go back to the application and start again.',
  },
  unauthorized: { status: 401, message: 'Authentication is required.' },
  invalid_credentials: {
    status: 401,
    message: 'Wrong name or password, or the email address is not confirmed yet.',
  },
  code_wrong: { status: 401, message: 'The code is wrong.' },
  challenge_invalid: {
    status: 401,
    message: 'This code can no longer be used. Sign in again to get a new one.',
  },
  browser_required: {
    status: 401,
    message: 'There were too many failed sign-ins. Sign in in a browser to continue.',
  },
  factor_required: { status: 401, message: 'This sign-in needs another factor.' },
  refresh_token_invalid: { status: 401, message: 'The refresh token is invalid. Sign in again.' },
  cross_site_request: { status: 403, message: 'The form was submitted from another site.' },
  forbidden: { status: 403, message: 'Access is denied.' },
  not_found: { status: 404, message: 'Not found.' },
  method_not_allowed: { status: 405, message: 'This method is not allowed here.' },
  conflict: { status: 409, message: 'This value is already in use.' },
  last_administrator: {
    status: 409,
    message: 'This is the last active administrator of the platform. Appoint another one first.',
  },
  link_invalid: { status: 410, message: 'The link has expired or was already used.' },
  body_too_large: { status: 413, message: 'The request body is too large.' },
  unsupported_media_type: { status: 415, message: 'The content type is not supported.' },
  password_rejected: { status: 422, message: 'Choose a different password.' },
  account_locked: {
    status: 429,
    message: 'Too many failed sign-ins. Try again later, or choose a new password to sign in now.',
  },
  rate_limited: { status: 429, message: 'Too many requests. Try again later.' },
  server_error: { status: 500, message: 'Something went wrong on our side.' },
  overloaded: { status: 503, message: 'The service is busy. Try again in a moment.' },
  unavailable: {
    status: 503,
    message: 'The service is temporarily unavailable. Try again in a moment.',
  },
} as const satisfies Record<string, { status: number; message: string }>;

/** Stable: programs may depend on it. */
export type PlatformErrorCode = keyof typeof CODES;

export function describePlatformError(code: PlatformErrorCode): {
  readonly status: number;
  readonly message: string;
} {
  return CODES[code];
}

/** Options of a {@link PlatformError}. */
interface PlatformErrorDetails {
  /** The sentence for the caller, if that of the code says too little. */
  readonly message?: string;
  /** Further members of the answer, such as the fields that are invalid. */
  readonly details?: object;
  /** Seconds until a retry makes sense; sent as `Retry-After`. */
  readonly retryAfter?: number;
  /** The original error. It is never sent. */
  readonly cause?: unknown;
}

/** An error of the platform, in the format of the library: `{ statusCode, code, message }`. */
export class PlatformError extends HttpException {
  readonly retryAfter: number | undefined;

  constructor(
    readonly code: PlatformErrorCode,
    { message: said, details, retryAfter, cause }: PlatformErrorDetails = {},
  ) {
    const { status, message: usual } = describePlatformError(code);
    const message = said ?? usual;
    super({ statusCode: status, code, message, ...(details && { details }) }, status, { cause });
    this.name = 'PlatformError';
    this.retryAfter = retryAfter;
  }
}

/** SQLSTATEs and system errors of a server that is unreachable or too slow. */
const AWAY = /^(?:08|25P03|53|57|58|E[A-Z]+$)/;

/** Seconds until a retry makes sense after an outage. */
export const RETRY_AFTER_OUTAGE = 5;

/** Tells if a retry may help because a dependency did not answer. */
export function isOutage(error: unknown): boolean {
  if (error instanceof DrizzleQueryError) return isAway(error.cause);
  if (typeof error !== 'object' || error === null) return false;
  if ('code' in error && (error.code === 'provider_unavailable' || error.code === 'unavailable')) {
    return true;
  }
  return isAway(error);
}

function isAway(error: unknown): boolean {
  const code = codeOf(error);
  if (code !== undefined) return AWAY.test(code);
  return error instanceof Error && /terminated|timeout|closed/i.test(error.message);
}
