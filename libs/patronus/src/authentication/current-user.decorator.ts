import { createParamDecorator, type ExecutionContext, Logger } from '@nestjs/common';
import { currentScope } from '../identity/request-scope.js';
import { logOncePerMinute } from '../observability/log-throttle.js';

const logger = new Logger('Patronus');

/**
 * The {@link Identity} of the caller, or undefined where there is none: for a caller without a token on an
 * `@OptionalAuth()` route, and for every caller of a `@Public()` one.
 *
 * @example
 * me(@CurrentUser() user: Identity) { return user.email; }
 */
export const CurrentUser = createParamDecorator((_data: unknown, context: ExecutionContext) => {
  const scope = currentScope();
  if (scope?.isPublic === true) warnOfPublic(context);
  return scope?.identity;
});

function warnOfPublic(context: ExecutionContext): void {
  const route = `${context.getClass().name}.${context.getHandler().name}`;
  logOncePerMinute(`@CurrentUser() ${route}`, () => {
    logger.warn(
      `@CurrentUser() of ${route} is undefined: the route is @Public(), and tokens are not read there. Write @OptionalAuth() to know callers that send one.`,
    );
  });
}
