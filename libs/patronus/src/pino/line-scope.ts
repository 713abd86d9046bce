import { ServerResponse } from 'node:http';
import { Http2ServerResponse } from 'node:http2';
import { currentScope, type RequestScope, scopeOfRequest } from '../identity/request-scope.js';

/**
 * Returns the scope that a line belongs to. A line about a response belongs to the request of that
 * response, in any context: a connection that closes runs no request, or another one.
 */
export function scopeOfLine(fields: object): RequestScope | undefined {
  for (const value of Object.values(fields)) {
    if (value instanceof ServerResponse || value instanceof Http2ServerResponse) {
      return scopeOfRequest(value.req);
    }
  }
  return currentScope();
}
