import { HttpStatus, type HttpRedirectResponse, Injectable, Logger } from '@nestjs/common';
import { SignInSettings } from '../settings/sign-in-settings.js';

/** The reason of a failed sign-in. The page has a sentence for each. */
type SignInProblem = 'cancelled' | 'not_started' | 'refused' | 'unavailable';

/** A failed sign-in. The cause is for operators, and contains neither a code nor a token. */
export class SignInError extends Error {
  override readonly name = 'SignInError';

  constructor(
    readonly problem: SignInProblem,
    options?: ErrorOptions,
  ) {
    super(`The sign-in ended: ${problem}.`, options);
  }
}

const MAX_REASON = 200;

/** Redirects failures to the page, which explains them, and logs the reason for operators. */
@Injectable()
export class SignInFailures {
  private readonly logger = new Logger('SignIn');

  constructor(private readonly settings: SignInSettings) {}

  /** Redirects to the address that `work` returns, or to the page if it throws. */
  async toPage(work: () => Promise<string>): Promise<HttpRedirectResponse> {
    try {
      return { url: await work(), statusCode: HttpStatus.FOUND };
    } catch (error) {
      const problem = error instanceof SignInError ? error.problem : 'unavailable';
      this.logger.warn(`${problem}: ${reasonOf(error)}`);
      const url = `${this.settings.publicUrl}/?problem=${problem}`;
      return { url, statusCode: HttpStatus.FOUND };
    }
  }
}

/** Describes a failure in one line. Values of the request are quoted. It contains no codes and tokens. */
function reasonOf(error: unknown): string {
  const reason = error instanceof SignInError ? (error.cause ?? error) : error;
  if (!(reason instanceof Error)) return 'unknown';
  const code = 'error' in reason ? ` (${JSON.stringify(reason.error)})` : '';
  return `${reason.message}${code}`.slice(0, MAX_REASON);
}
