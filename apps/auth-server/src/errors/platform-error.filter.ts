import { type ArgumentsHost, Catch } from '@nestjs/common';
import { BaseExceptionFilter } from '@nestjs/core';
import type { Response } from 'express';
import { PlatformError } from './platform.error.js';

/** Tells callers when to come back; Nest writes the rest. */
@Catch(PlatformError)
export class PlatformErrorFilter extends BaseExceptionFilter {
  override catch(error: PlatformError, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    if (error.retryAfter !== undefined && !response.headersSent) {
      response.setHeader('Retry-After', String(error.retryAfter));
    }
    super.catch(error, host);
  }
}
