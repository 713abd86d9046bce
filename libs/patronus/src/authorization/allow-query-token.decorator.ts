import { routeMark } from './route-mark.js';

/**
 * Lets a GET route take the token from the query, from the parameter that `credentials.query` of the
 * module names. For event sources and downloads, whose requests a page cannot give a header. The token
 * must be short-lived: URLs stay in histories and in the logs of proxies (RFC 6750, section 5.3).
 *
 * @example
 * @Sse('events') @AllowQueryToken() events() {}
 */
export function AllowQueryToken(): MethodDecorator {
  return routeMark({ kind: 'query-token' });
}
