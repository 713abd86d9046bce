import {
  type ArgumentsHost,
  Catch,
  type ExceptionFilter,
  HttpException,
  Logger,
} from '@nestjs/common';
import type { Response } from 'express';
import { errors } from 'oidc-provider';
import { PlatformError } from '../../errors/platform.error.js';
import { errorPage, type ErrorModel } from '../../pages/error.page.js';
import { sendPage } from '../../pages/send-page.js';
import { isOutage, RETRY_AFTER_OUTAGE, withoutTexts } from '../../errors/failure.js';

interface Answer extends Omit<ErrorModel, 'title'> {
  readonly status: number;
  readonly retryAfter?: number | undefined;
}

/** Says on a page what went wrong. */
@Catch()
export class InteractionErrorFilter implements ExceptionFilter {
  readonly #logger = new Logger('OAuth');

  catch(error: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    const { status, retryAfter, ...model } = this.#answerTo(error);
    if (retryAfter !== undefined) response.set('Retry-After', String(retryAfter));
    sendPage(response, errorPage({ title: 'That did not work', ...model }), { status });
  }

  #answerTo(error: unknown): Answer {
    if (error instanceof PlatformError) {
      const { code, message, retryAfter } = error;
      return { status: error.getStatus(), code, message, retryAfter };
    }
    if (error instanceof errors.SessionNotFound) {
      const message = 'This sign-in has expired, or was finished. Go back to the application.';
      return { status: 400, code: 'interaction_expired', message };
    }
    if (error instanceof errors.OIDCProviderError && error.expose) {
      const message = 'The application asked for something that cannot be done.';
      return { status: error.statusCode, code: error.error, message };
    }
    if (error instanceof HttpException) {
      return { status: error.getStatus(), code: 'invalid_request', message: error.message };
    }
    if (isOutage(error)) {
      const message = 'Something that is needed does not answer. Try again in a moment.';
      return { status: 503, code: 'unavailable', message, retryAfter: RETRY_AFTER_OUTAGE };
    }
    this.#logger.error(`An interaction failed: ${withoutTexts(error)}`);
    return { status: 500, code: 'server_error', message: 'Something went wrong here.' };
  }
}
