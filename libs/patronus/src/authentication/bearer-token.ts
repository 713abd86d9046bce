import type { IncomingMessage } from 'node:http';
import { PatronusError } from '../errors/patronus.error.js';

const LONGEST_TOKEN = 16 * 1024;
const SCHEME = 'bearer ';
const B64TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/;

/**
 * The bearer token of a request (RFC 6750, section 2.1), from the `Authorization` header alone.
 *
 * @throws {PatronusError} `token_missing` where there is none, `invalid_request` where there are
 * two of anything, `token_malformed` where it is longer than 16 KiB.
 */
export function bearerToken(message: IncomingMessage, body: unknown): string {
  const header = message.headers.authorization;
  refuseOtherPlaces(message, body);
  if (header === undefined) throw new PatronusError('token_missing');
  refuseRepetition(message.rawHeaders);
  const value = header.trim();
  const scheme = value.slice(0, SCHEME.length).toLowerCase();
  if (scheme !== SCHEME && scheme !== SCHEME.trimEnd()) {
    throw new PatronusError('token_missing', { reason: 'the scheme is not Bearer' });
  }
  const token = value.slice(SCHEME.length).trimStart();
  if (token === '' || token.includes(' ')) {
    throw new PatronusError('invalid_request', { reason: 'the header holds no single token' });
  }
  if (token.length > LONGEST_TOKEN) {
    throw new PatronusError('token_malformed', { reason: 'longer than 16 KiB' });
  }
  return token;
}

/** Whether a token is spelled in the alphabet of RFC 6750, section 2.1. */
export function isB64Token(token: string): boolean {
  return B64TOKEN.test(token);
}

function refuseOtherPlaces({ url = '', headers }: IncomingMessage, body: unknown): void {
  if (url.includes('access_token') && hasQueryToken(url)) {
    throw new PatronusError('invalid_request', { reason: 'a token in the query string' });
  }
  const isForm = /^application\/x-www-form-urlencoded/i.test(headers['content-type'] ?? '');
  if (isForm && typeof body === 'object' && body !== null && 'access_token' in body) {
    throw new PatronusError('invalid_request', { reason: 'a token in the form body' });
  }
}

function hasQueryToken(url: string): boolean {
  const start = url.indexOf('?');
  return start !== -1 && new URLSearchParams(url.slice(start)).has('access_token');
}

function refuseRepetition(rawHeaders: readonly string[]): void {
  let seen = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name?.length === 13 && name.toLowerCase() === 'authorization') seen += 1;
  }
  if (seen > 1) throw new PatronusError('invalid_request', { reason: 'two Authorization headers' });
}
