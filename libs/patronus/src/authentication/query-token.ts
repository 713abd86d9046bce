import { RequestMethod } from '@nestjs/common';
import type { RuleRegistry } from '../authorization/rules/rule-registry.js';
import { PatronusConfigurationError } from '../errors/configuration.error.js';
import { PatronusError } from '../errors/patronus.error.js';
import type { RequestMessage } from '../transport/guarded-request.js';
import { refuseLong } from './authorization-token.js';

/** Headers of an answer to a URL that holds a token (RFC 6750, section 2.3). */
export const QUERY_TOKEN_HEADERS = {
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
} as const;

/**
 * Reads the token in a query parameter. Undefined if the parameter is missing.
 *
 * @throws {PatronusError} `invalid_request` if the parameter is empty or occurs twice, or if the
 * method is not GET; `token_malformed` if the token is longer than 16 KiB
 */
export function queryToken(
  message: RequestMessage & { readonly originalMethod?: unknown },
  parameter: string,
): string | undefined {
  const { url = '', method, originalMethod = method } = message;
  const start = url.indexOf('?');
  if (start === -1) return undefined;
  const [token, ...others] = new URLSearchParams(url.slice(start)).getAll(parameter);
  if (token === undefined) return undefined;
  if (token === '' || others.length > 0) {
    throw new PatronusError('invalid_request', { reason: 'the query holds no single token' });
  }
  if (method !== 'GET' || originalMethod !== 'GET') {
    throw new PatronusError('invalid_request', {
      reason: 'a token in the query of a method other than GET',
    });
  }
  refuseLong(token);
  return token;
}

/**
 * Checks the routes that take tokens from the query.
 *
 * @throws {PatronusConfigurationError} if a route that takes tokens from the query cannot do so
 */
export function checkQueryTokenRoutes(rules: RuleRegistry, parameter: string | undefined): void {
  for (const { rule, type, owner, handler, name, calls } of rules.all()) {
    if (rule.queryToken !== true) continue;
    const path = `${owner.name}.${name}`;
    const isGet =
      calls !== undefined || Reflect.getMetadata('method', handler) === RequestMethod.GET;
    if (type !== 'http' || !isGet) {
      throw new PatronusConfigurationError(
        path,
        'has @AllowQueryToken() and is not a GET route.',
        'Remove the decorator: other methods and transports can send a header.',
      );
    }
    if (parameter !== undefined) continue;
    throw new PatronusConfigurationError(
      path,
      'has @AllowQueryToken(), but no parameter is configured.',
      "Name it: credentials: { query: 'access_token' }.",
    );
  }
}
