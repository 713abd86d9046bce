import {
  type ArgumentsHost,
  Catch,
  type ExceptionFilter,
  HttpException,
  Logger,
  StandardSchemaValidationPipe,
} from '@nestjs/common';
import type { Response } from 'express';
import { isOutage, PlatformError, RETRY_AFTER_OUTAGE, withoutTexts } from './errors.js';

/** Answers with the code and a short sentence, and tells operators what failed. */
@Catch()
export class PlatformErrorFilter implements ExceptionFilter {
  readonly #logger = new Logger('Platform');

  catch(error: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    const answer = this.#answerTo(error);
    if (response.headersSent) {
      response.end();
      return;
    }
    if (answer instanceof PlatformError && answer.retryAfter !== undefined) {
      response.setHeader('Retry-After', String(answer.retryAfter));
    }
    const statusCode = answer.getStatus();
    const body = answer.getResponse();
    response
      .status(statusCode)
      .json(typeof body === 'string' ? { statusCode, message: body } : body);
  }

  /** What is no answer of ours is told without its texts: a statement's have the values in them. */
  #answerTo(error: unknown): HttpException {
    if (error instanceof HttpException) return error;
    if (isParserError(error))
      return new HttpException('The body cannot be read.', error.statusCode);
    this.#logger.error(`A request failed: ${withoutTexts(error)}`);
    return isOutage(error)
      ? new PlatformError('unavailable', { retryAfter: RETRY_AFTER_OUTAGE, cause: error })
      : new HttpException('Something went wrong here.', 500);
  }
}

/** What Express's parsers refuse: too large, or not what it says. */
function isParserError(error: unknown): error is Error & { readonly statusCode: number } {
  const isHttpError = error instanceof Error && 'statusCode' in error && 'expose' in error;
  return isHttpError && typeof error.statusCode === 'number' && error.expose === true;
}

/** Checks what a handler's `@Body({ schema })` declares, and says which member is wrong, and how. */
export const bodyPipe = new StandardSchemaValidationPipe({
  exceptionFactory: (issues) =>
    new PlatformError('invalid_input', {
      details: {
        issues: issues.map(({ path = [], message }) => ({
          path: path.map((part) => String(typeof part === 'object' ? part.key : part)).join('.'),
          message,
        })),
      },
    }),
});
