import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { Response } from 'express';
import { PlatformError } from '../../errors/platform.error.js';
import { errorPage } from '../../pages/error.page.js';
import { sendPage } from '../../pages/send-page.js';

/** Shows people what programs get as JSON. */
@Catch(PlatformError)
export class PageErrorFilter implements ExceptionFilter<PlatformError> {
  catch(error: PlatformError, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    if (error.retryAfter !== undefined) response.set('Retry-After', String(error.retryAfter));
    const { code, message } = error;
    const status = error.getStatus();
    sendPage(response, errorPage({ title: 'That did not work', code, message }), { status });
  }
}
