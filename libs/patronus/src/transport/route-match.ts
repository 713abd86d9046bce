import type { ExecutionContext } from '@nestjs/common';
import type { GuardedRequest } from './guarded-request.js';

/**
 * Returns the parameters object of a route, which identifies the match of this request with it. A handler on
 * Express can pass its request on with `next()`: the same request then matches another route, or another path
 * of the same one. Undefined on other transports, where each call has its own scope.
 */
export function routeMatchOf(context: ExecutionContext): unknown {
  return context.getType() === 'http' ? context.getArgByIndex<GuardedRequest>(0).params : undefined;
}
