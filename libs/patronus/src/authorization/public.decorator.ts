import { routeMark, type RouteDecorator } from './route-mark.js';

/**
 * Opens a route, or every route of a controller, to everybody. On a handler it beats what the
 * controller asks for; on a controller it leaves those handlers closed that have a decorator that
 * asks for a caller. A credential that comes along is not looked at.
 */
export function Public(): RouteDecorator {
  return routeMark({ kind: 'public' });
}
