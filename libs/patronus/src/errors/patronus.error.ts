import { HttpException } from '@nestjs/common';
import { describeError, type PatronusErrorCode } from './error-codes.js';

/** What an error knows beyond its code. */
export interface PatronusErrorDetails {
  /** Why, for operators: logged, never sent. Must hold no token and no secret. */
  readonly reason?: string;
  /**
   * What operators can do about a refusal that their own configuration may cause. Logged as a warning,
   * each text once a minute; never sent. Must be the same text for every request.
   */
  readonly remedy?: string;
  /** The error beneath this one, for operators: logged, never sent. */
  readonly cause?: unknown;
  /** The scopes that would have been enough: sent as `scope` in the challenge (RFC 6750, section 3). */
  readonly scopes?: readonly string[];
  /** Further parameters of the challenge: `acr_values`, `max_age`, `algs`. Sent as quoted text. */
  readonly challenge?: Readonly<Record<string, string>>;
  /** Further headers of the answer: `DPoP-Nonce`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Seconds until a retry makes sense: sent as `Retry-After`. */
  readonly retryAfter?: number;
}

/**
 * The one error of Patronus. The caller sees `code` and a short sentence; operators see `reason`
 * and `cause` in the log.
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

  /** What its caller sees beyond code and sentence, where an application shows why: in development. */
  get disclosed(): object | undefined {
    return this.#disclosed;
  }

  /** Shows its caller more than code and sentence. */
  disclose(why: object): void {
    this.#disclosed = why;
    Object.assign(this.#body, why);
  }
}
