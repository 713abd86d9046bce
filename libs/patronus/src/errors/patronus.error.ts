import { HttpException } from '@nestjs/common';
import { describeError, type PatronusErrorCode } from './error-codes.js';

/** Details of an error beyond its code. */
export interface PatronusErrorDetails {
  /** Reason for operators. Logged, never sent. Must hold no token and no secret. */
  readonly reason?: string;
  /**
   * Remedy for operators, for a refusal that their own configuration may cause. Logged as a
   * warning, each text once a minute. Never sent. Must be the same text for every request.
   */
  readonly remedy?: string;
  /** Underlying error, for operators. Logged, never sent. */
  readonly cause?: unknown;
  /** Scopes that would have sufficed. Sent as `scope` in the challenge (RFC 6750, section 3). */
  readonly scopes?: readonly string[];
  /** Further parameters of the challenge: `acr_values`, `max_age`, `algs`. Sent as quoted text. */
  readonly challenge?: Readonly<Record<string, string>>;
  /** Further headers of the answer: `DPoP-Nonce`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Seconds until a retry makes sense, sent as `Retry-After`. */
  readonly retryAfter?: number;
}

/**
 * Error class of Patronus. The caller sees `code` and a short sentence. Operators see `reason` and
 * `cause` in the log.
 *
 * It is an `HttpException`, so that an application's own catch-all filter answers with the right
 * status instead of 500.
 */
export class PatronusError extends HttpException {
  readonly code: PatronusErrorCode;
  readonly reason: string | undefined;
  readonly remedy: string | undefined;
  readonly scopes: readonly string[];
  readonly challenge: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly retryAfter: number | undefined;
  readonly #body: object;
  #disclosed: object | undefined;

  constructor(code: PatronusErrorCode, details: PatronusErrorDetails = {}) {
    const { status, message } = describeError(code);
    const body = { statusCode: status, code, message };
    super(body, status, { cause: details.cause });
    this.#body = body;
    this.name = 'PatronusError';
    this.code = code;
    this.reason = details.reason;
    this.remedy = details.remedy;
    this.scopes = details.scopes ?? [];
    this.challenge = details.challenge ?? {};
    this.headers = details.headers ?? {};
    this.retryAfter = details.retryAfter;
  }

  /**
   * Details that the caller sees besides code and sentence, if the application discloses reasons:
   * in development.
   */
  get disclosed(): object | undefined {
    return this.#disclosed;
  }

  /** Discloses details to the caller, besides code and sentence. */
  disclose(why: object): void {
    this.#disclosed = why;
    Object.assign(this.#body, why);
  }
}
