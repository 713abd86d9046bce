import { isUtf8 } from 'node:buffer';
import { PatronusError } from '../errors/patronus.error.js';
import { isJsonObject, type JsonObject } from './json-object.js';
import { hasUniqueMembers } from './unique-members.js';

/**
 * Maximum length of a token: 16 KiB, which is more than any issuer sends, and the limit of most
 * servers for all headers together.
 */
const MAX_LENGTH = 16 * 1024;

/** Token that was parsed and not yet verified. */
export interface ParsedToken {
  readonly header: JsonObject;
  readonly payload: JsonObject;
}

/** Three segments of base64url (RFC 7515, section 7.1). */
const COMPACT_JWS = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/**
 * Valid last characters, which leave no bit unused, by the number of characters in the last group.
 */
const LAST_CHARACTERS = [undefined, '', 'AQgw', 'AEIMQUYcgkosw048'] as const;

/**
 * Returns true if the encoding is canonical, so that a sequence of bytes has only one spelling.
 * Decoding and encoding again would give the same result, but slower.
 */
function isCanonical(segment: string): boolean {
  const last = LAST_CHARACTERS[segment.length % 4];
  return last === undefined || last.includes(segment.charAt(segment.length - 1));
}

/**
 * Returns the error for a token that is malformed. It was refused before any of its claims was
 * trusted.
 */
function malformed(reason: string): PatronusError {
  return new PatronusError('token_malformed', { reason });
}

function parseObject(segment: string): JsonObject {
  const bytes = Buffer.from(segment, 'base64url');
  if (!isUtf8(bytes)) throw malformed('not UTF-8');
  const text = bytes.toString();
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformed('not JSON');
  }
  if (!isJsonObject(value)) throw malformed('not a JSON object');
  if (!hasUniqueMembers(text, value)) throw malformed('duplicate or too deeply nested members');
  return value;
}

/**
 * Reads a compact JWS (RFC 7515, section 7.1) strictly and cheaply, without any cryptography.
 *
 * @throws {PatronusError} `token_malformed`
 */
export function parseToken(token: string): ParsedToken {
  if (token.length > MAX_LENGTH) throw malformed('longer than 16 KiB');
  if (!COMPACT_JWS.test(token)) throw malformed('not three segments of base64url');
  const first = token.indexOf('.');
  const second = token.indexOf('.', first + 1);
  const header = token.slice(0, first);
  const payload = token.slice(first + 1, second);
  const signature = token.slice(second + 1);
  if (!isCanonical(header) || !isCanonical(payload) || !isCanonical(signature)) {
    throw malformed('not canonical base64url');
  }
  return { header: parseObject(header), payload: parseObject(payload) };
}
