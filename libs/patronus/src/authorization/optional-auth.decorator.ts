import { routeMark, type RouteDecorator } from './route-mark.js';

/**
 * Lets callers without a credential in, too; `@CurrentUser()` is then undefined. A credential that
 * is there must be good. Beside a `@Require…` decorator it opens nothing.
 */
export function OptionalAuth(): RouteDecorator {
  return routeMark({ kind: 'optional-auth' });
}
