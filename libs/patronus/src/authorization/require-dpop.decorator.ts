import { routeMark, type RouteDecorator } from './route-mark.js';

/**
 * Asks for a token that is bound to a key, and for a proof of that key (DPoP, RFC 9449): a stolen
 * token alone opens nothing.
 *
 * @example
 * @Post('payouts') @RequireDPoP() payOut() {}
 */
export function RequireDPoP(): RouteDecorator {
  return routeMark({ kind: 'proof' });
}
