import { isJsonObject, member } from '../identity/json-object.js';
import { isRevocation } from '../revocation/check-revocation.js';
import type { RevocationEntry } from '../revocation/revocation-entry.js';
import { namesIn, SELECTORS } from '../revocation/selectors.js';

/**
 * Maximum length of a record. Ids have at most 1,024 characters, each of which takes at most six if
 * it is escaped.
 */
const MAX_LENGTH = 64 * 1024;

/** Writes a revocation as Redis holds it: JSON, the same text for the same revocation. */
export function writeRecord({ revocation, at, until }: RevocationEntry): string {
  const { token, session, user, tenant, issuer, issuedBefore } = revocation;
  return JSON.stringify({ token, session, user, tenant, issuer, issuedBefore, at, until });
}

/**
 * Reads a record. Undefined if it is not valid: such a record names no subject, and the only other
 * reading would be to refuse every caller.
 *
 * A limit that this version does not know is ignored, which makes the revocation wider, except if
 * no other limit is left.
 */
export function readRecord(text: string): RevocationEntry | undefined {
  const record = parse(text);
  if (!isJsonObject(record)) return undefined;
  const at = member(record, 'at');
  const until = member(record, 'until');
  if (!isTime(at) || !isTime(until)) return undefined;
  const known: Record<string, unknown> = {};
  for (const name of [...SELECTORS, 'issuedBefore']) {
    if (Object.hasOwn(record, name)) known[name] = record[name];
  }
  const isWhole = Object.keys(record).length === Object.keys(known).length + 2;
  if (!isRevocation(known) || (!isWhole && namesIn(known).length === 0)) return undefined;
  return { revocation: Object.freeze(known), at, until };
}

function parse(text: string): unknown {
  if (text.length > MAX_LENGTH) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isTime(value: unknown): value is number {
  return Number.isSafeInteger(value);
}
