import { HttpException } from '@nestjs/common';
import { DrizzleQueryError } from 'drizzle-orm';

const CODES = {
  invalid_input: { status: 400, message: 'The request is not as it should be.' },
  invalid_credentials: {
    status: 401,
    message: 'The name or the password is wrong, or the e-mail address is not confirmed yet.',
  },
  refresh_token_invalid: { status: 401, message: 'The refresh token is not valid: log in again.' },
  cross_site_request: { status: 403, message: 'This form was not sent from a page of ours.' },
  not_found: { status: 404, message: 'There is no such thing.' },
  conflict: { status: 409, message: 'That is taken.' },
  link_invalid: { status: 410, message: 'The link has been used, or is too old.' },
  password_rejected: { status: 422, message: 'Choose another password.' },
  account_locked: { status: 429, message: 'Too many failed logins: try again later.' },
  rate_limited: { status: 429, message: 'Too many requests: try again later.' },
  overloaded: { status: 503, message: 'Too many logins at once: try again in a moment.' },
  unavailable: { status: 503, message: 'Something that is needed does not answer.' },
} as const satisfies Record<string, { status: number; message: string }>;

/** Stable, for programs. */
type PlatformErrorCode = keyof typeof CODES;

function describePlatformError(code: PlatformErrorCode): {
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
