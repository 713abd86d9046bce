import { isJsonObject } from '../../identity/json-object.js';

const MAX_CHARACTERS = 200;

/**
 * Returns true if a strategy failed a caller because the token has expired, as `jsonwebtoken`
 * reports it.
 */
export function isExpiry(info: unknown): boolean {
  if (!isJsonObject(info)) return false;
  return info['name'] === 'TokenExpiredError' || info['message'] === 'jwt expired';
}

/**
 * Returns the reason that a strategy gives with a failure, for operators: the message of an error
 * or of an `info` object, a challenge, or a status. Undefined if there is none, or if it repeats
 * the token.
 */
export function reasonOf(info: unknown, token: string): string | undefined {
  const said = isJsonObject(info) ? info['message'] : info;
  const text = typeof said === 'number' ? `status ${said}` : said;
  if (typeof text !== 'string' || text === '' || text.includes(token)) return undefined;
  return text.slice(0, MAX_CHARACTERS);
}
