import { isJsonObject } from '../../identity/json-object.js';

const MOST_CHARACTERS = 200;

/** Whether a strategy failed a caller because the token has ended, as `jsonwebtoken` says it. */
export function isExpiry(info: unknown): boolean {
  if (!isJsonObject(info)) return false;
  return info['name'] === 'TokenExpiredError' || info['message'] === 'jwt expired';
}

/**
 * The reason that a strategy gives with a failure, for operators: the message of an error or of an
 * `info` object, a challenge, or a status. Undefined where there is none, or where it repeats the token.
 */
export function reasonOf(info: unknown, token: string): string | undefined {
  const said = isJsonObject(info) ? info['message'] : info;
  const text = typeof said === 'number' ? `status ${said}` : said;
  if (typeof text !== 'string' || text === '' || text.includes(token)) return undefined;
  return text.slice(0, MOST_CHARACTERS);
}
