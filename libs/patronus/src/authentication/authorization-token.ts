import { PatronusError } from '../errors/patronus.error.js';
import type { RequestMessage } from '../transport/guarded-request.js';
import { indexOfBlank, isRepeated, trimBlanks } from './header-text.js';

const MAX_TOKEN = 16 * 1024;
const SCHEMES = { bearer: 'Bearer', dpop: 'DPoP', apikey: 'ApiKey' } as const;

/** An `Authorization` header in two parts (RFC 9110, section 11.4). */
export interface Authorization {
  /** Scheme in lower case. */
  readonly scheme: string;
  /** Text after the scheme. */
  readonly rest: string;
}

/** Reads the `Authorization` header. Undefined if there is none. */
export function readAuthorization({ headers }: RequestMessage): Authorization | undefined {
  return headers.authorization === undefined ? undefined : splitScheme(headers.authorization);
}

/** Splits a credential into its scheme and the text after it. */
export function splitScheme(text: string): Authorization {
  const value = trimBlanks(text);
  const blank = indexOfBlank(value);
  const end = blank === -1 ? value.length : blank;
  return { scheme: value.slice(0, end).toLowerCase(), rest: trimBlanks(value.slice(end)) };
}

/**
 * Reads a credential of one scheme out of a header.
 *
 * @param name - the name of the header, in lower case
 * @throws {PatronusError} `token_missing` if there is none of that scheme, `invalid_request` if the
 * header or the scheme occurs twice, `token_malformed` if it is longer than 16 KiB
 */
export function authorizationToken(
  message: RequestMessage,
  body: unknown,
  scheme: keyof typeof SCHEMES,
  authorization = readAuthorization(message),
  name = 'authorization',
): string {
  refuseOtherPlaces(message, body);
  if (authorization === undefined) throw new PatronusError('token_missing');
  if (isRepeated(name, message.rawHeaders)) {
    throw new PatronusError('invalid_request', { reason: `two ${name} headers` });
  }
  if (authorization.scheme !== scheme) {
    throw new PatronusError('token_missing', { reason: `the scheme is not ${SCHEMES[scheme]}` });
  }
  const { rest: token } = authorization;
  if (token === '' || indexOfBlank(token) !== -1) {
    throw new PatronusError('invalid_request', { reason: 'the header holds no single token' });
  }
  refuseLong(token);
  return token;
}

/**
 * Refuses a token that is longer than 16 KiB.
 *
 * @throws {PatronusError} `token_malformed`
 */
export function refuseLong(token: string): void {
  if (token.length <= MAX_TOKEN) return;
  throw new PatronusError('token_malformed', { reason: 'longer than 16 KiB' });
}

/**
 * @param allowed - the query parameter that the route takes a token from
 * @throws {PatronusError} `invalid_request` if the query or the form holds a token
 */
export function refuseOtherPlaces(
  { url = '', headers }: RequestMessage,
  body: unknown,
  allowed?: string,
): void {
  if (allowed !== 'access_token' && hasParameter(url, 'access_token')) {
    throw new PatronusError('invalid_request', { reason: 'a token in the query string' });
  }
  const isForm = /^application\/x-www-form-urlencoded/i.test(headers['content-type'] ?? '');
  if (isForm && typeof body === 'object' && body !== null && 'access_token' in body) {
    throw new PatronusError('invalid_request', { reason: 'a token in the form body' });
  }
}

/** Decodes the query only if it holds the name, or an encoding that may be part of it. */
function hasParameter(url: string, name: string): boolean {
  const start = url.indexOf('?');
  if (start === -1) return false;
  if (!url.includes(name, start) && !url.includes('%', start)) return false;
  return new URLSearchParams(url.slice(start)).has(name);
}
