import { HttpStatus, type HttpRedirectResponse, Injectable, Logger } from '@nestjs/common';
import { SignInSettings } from '../settings/sign-in-settings.js';

/** Why somebody is not signed in, as the page is told: it has the sentence. */
type SignInProblem = 'cancelled' | 'not_started' | 'refused' | 'unavailable';

/** The cause is for operators, and holds neither a code nor a token. */
export class SignInError extends Error {
  override readonly name = 'SignInError';

  constructor(
    readonly problem: SignInProblem,
    options?: ErrorOptions,
  ) {
    super(`The sign-in ended: ${problem}.`, options);
  }
}

const LONGEST_REASON = 200;

/** Ends what fails on the page, which has a sentence for it, and tells operators why. */
@Injectable()
export class SignInFailures {
  private readonly logger = new Logger('SignIn');

  constructor(private readonly settings: SignInSettings) {}

  /** Sends the browser to the address that `work` gives, to the page where it throws. */
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

/** In one line. What came with the request is quoted; codes and tokens are in neither member. */
function reasonOf(error: unknown): string {
  const reason = error instanceof SignInError ? (error.cause ?? error) : error;
  if (!(reason instanceof Error)) return 'unknown';
  const code = 'error' in reason ? ` (${JSON.stringify(reason.error)})` : '';
  return `${reason.message}${code}`.slice(0, LONGEST_REASON);
}
