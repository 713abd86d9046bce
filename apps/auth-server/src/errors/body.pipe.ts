import { StandardSchemaValidationPipe } from '@nestjs/common';
import { PlatformError } from './platform.error.js';

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
