import {
  applyDecorators,
  type ArgumentsHost,
  Catch,
  Controller,
  type ExceptionFilter,
  HttpException,
  Logger,
  UseFilters,
  UseGuards,
} from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '@patronus/nestjs';
import type { Response } from 'express';
import { errors } from 'oidc-provider';
import {
  isOutage,
  PlatformError,
  RETRY_AFTER_OUTAGE,
  withoutTexts,
} from '../operation/http/errors.js';
import { SameOriginGuard, sendPage } from './pages.js';
import { type ErrorModel, errorPage } from './views/error.page.js';

/** Shows people what programs get as JSON. */
@Catch(PlatformError)
class PageErrorFilter implements ExceptionFilter<PlatformError> {
  catch(error: PlatformError, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    if (error.retryAfter !== undefined) response.set('Retry-After', String(error.retryAfter));
    const { code, message } = error;
    const status = error.getStatus();
    sendPage(response, errorPage({ title: 'That did not work', code, message }), { status });
  }
}

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

/** A controller of pages: plain forms for everybody, which no other site can post. */
export const PageController = (): ClassDecorator =>
  applyDecorators(
    Controller(),
    Public(),
    UseGuards(SameOriginGuard),
    UseFilters(PageErrorFilter),
    ApiExcludeController(),
  );
