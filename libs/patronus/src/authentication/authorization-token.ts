import type { IncomingMessage } from 'node:http';
import { PatronusError } from '../errors/patronus.error.js';
import { isRepeated } from './repeated-header.js';

const LONGEST_TOKEN = 16 * 1024;
const SCHEMES = { bearer: 'Bearer', dpop: 'DPoP', apikey: 'ApiKey' } as const;

/** The scheme of an `Authorization` header (RFC 9110, section 11.1), in lower case. */
export function schemeOf(header: string): string {
  const value = header.trim();
  const end = value.indexOf(' ');
  return (end === -1 ? value : value.slice(0, end)).toLowerCase();
}

/**
 * What stands behind the scheme in the `Authorization` header.
 *
 * @throws {PatronusError} `token_missing` where there is none of that scheme, `invalid_request` where
 * there are two of anything, `token_malformed` where it is longer than 16 KiB.
 */
export function authorizationToken(
  message: IncomingMessage,
  body: unknown,
  scheme: keyof typeof SCHEMES,
): string {
  const header = message.headers.authorization;
  refuseOtherPlaces(message, body);
  if (header === undefined) throw new PatronusError('token_missing');
  if (isRepeated('authorization', message.rawHeaders)) {
    throw new PatronusError('invalid_request', { reason: 'two Authorization headers' });
  }
  if (schemeOf(header) !== scheme) {
    throw new PatronusError('token_missing', { reason: `the scheme is not ${SCHEMES[scheme]}` });
  }
  const token = header.trim().slice(scheme.length).trimStart();
  if (token === '' || token.includes(' ')) {
    throw new PatronusError('invalid_request', { reason: 'the header holds no single token' });
  }
  refuseLong(token);
  return token;
}

/** @throws {PatronusError} `token_malformed` */
export function refuseLong(token: string): void {
  if (token.length <= LONGEST_TOKEN) return;
  throw new PatronusError('token_malformed', { reason: 'longer than 16 KiB' });
}

/** @throws {PatronusError} `invalid_request` where a token stands in the query string or the form */
export function refuseOtherPlaces({ url = '', headers }: IncomingMessage, body: unknown): void {
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
