import { HttpException } from '@nestjs/common';
import { errors } from 'oidc-provider';
import {
  describePlatformError,
  isOutage,
  PlatformError,
  type PlatformErrorCode,
  RETRY_AFTER_OUTAGE,
} from './errors.js';
import { sanitizedStack } from '../logging/redaction.js';

/** An error as the caller sees it, and as operators see it. Each transport renders it in its own format. */
export interface Problem {
  readonly status: number;
  /** Stable: programs may depend on it. */
  readonly code: string;
  /** A sentence for the caller. It never repeats what the caller sent. */
  readonly message: string;
  /** Further members of the answer. */
  readonly details?: object | undefined;
  /** Seconds until a retry makes sense. */
  readonly retryAfter?: number | undefined;
  /** For the log: an unexpected failure, without the texts of the error. */
  readonly failure?: string | undefined;
}

/** The codes of errors that frameworks throw. Their own texts are dropped: they may repeat the request. */
const BY_STATUS: Readonly<Record<number, PlatformErrorCode>> = {
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  413: 'body_too_large',
  415: 'unsupported_media_type',
  503: 'unavailable',
};

/**
 * Translates any error: a refusal of the platform, of the library, of a framework, of a parser or of
 * oidc-provider, an outage, or a bug.
 */
export function problemOf(error: unknown): Problem {
  if (error instanceof PlatformError) {
    const { code, message, retryAfter } = error;
    return { status: error.getStatus(), code, message, retryAfter, details: detailsOf(error) };
  }
  if (error instanceof errors.SessionNotFound) return known('interaction_expired');
  if (error instanceof errors.OIDCProviderError && error.expose) {
    const message = 'The application sent a request that cannot be processed.';
    return { status: error.statusCode, code: error.error, message };
  }
  if (error instanceof HttpException) return problemOfException(error);
  if (isParserError(error)) return byStatus(error.statusCode);
  if (isOutage(error)) {
    const failure = sanitizedStack(error);
    return { ...known('unavailable'), retryAfter: RETRY_AFTER_OUTAGE, failure };
  }
  return { ...known('server_error'), failure: sanitizedStack(error) };
}

/** Errors of the library have a code. The texts of other exceptions are dropped. */
function problemOfException(error: HttpException): Problem {
  const body = error.getResponse();
  if (typeof body !== 'object' || !('code' in body) || typeof body.code !== 'string') {
    return byStatus(error.getStatus());
  }
  const { code, message, ...rest } = { message: error.message, ...body, code: body.code };
  const details = Object.fromEntries(
    Object.entries(rest).filter(([name]) => name !== 'statusCode'),
  );
  return { status: error.getStatus(), code, message, details };
}

/** The headers of a problem, on every transport. */
export function problemHeaders({ retryAfter }: Problem): Readonly<Record<string, string>> {
  return retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) };
}

function byStatus(status: number): Problem {
  const fallback = status < 500 ? 'invalid_request' : 'server_error';
  const retryAfter = status === 503 ? RETRY_AFTER_OUTAGE : undefined;
  return { ...known(BY_STATUS[status] ?? fallback), status, retryAfter };
}

function known(code: PlatformErrorCode): Problem {
  return { ...describePlatformError(code), code };
}

function detailsOf(error: PlatformError): object | undefined {
  const body = error.getResponse();
  return typeof body === 'object' && 'details' in body ? { details: body.details } : undefined;
}

/** Recognises errors of the body parsers of Express: too large, or malformed. */
function isParserError(error: unknown): error is Error & { readonly statusCode: number } {
  const isHttpError = error instanceof Error && 'statusCode' in error && 'expose' in error;
  return isHttpError && typeof error.statusCode === 'number' && error.expose === true;
}
