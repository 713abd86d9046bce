import type { IncomingMessage } from 'node:http';
import { authorizationToken } from './authorization-token.js';

const B64TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/;

/**
 * The bearer token of a request (RFC 6750, section 2.1), from the `Authorization` header alone.
 *
 * @throws {PatronusError} `token_missing` where there is none, `invalid_request` where there are
 * two of anything, `token_malformed` where it is longer than 16 KiB.
 */
export function bearerToken(message: IncomingMessage, body: unknown): string {
  return authorizationToken(message, body, 'bearer');
}

/** Whether a token is spelled in the alphabet of RFC 6750, section 2.1. */
export function isB64Token(token: string): boolean {
  return B64TOKEN.test(token);
}
