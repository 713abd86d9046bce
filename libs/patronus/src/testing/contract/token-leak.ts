import assert from 'node:assert/strict';
import { inspect } from 'node:util';

/** Minimum length of a secret. A shorter text may be in an error for another reason. */
const MIN_SECRET = 16;

/** Returns the token, and the parts of it that are equally secret: a signature, or claims. */
function secretsOf(token: string): readonly string[] {
  return [token, ...token.split('.')].filter(({ length }) => length >= MIN_SECRET);
}

/**
 * Returns everything that a log could show of a value: its members, including hidden and nested
 * ones.
 */
function textsOf(value: unknown): readonly string[] {
  const everything = { depth: 20, showHidden: true, maxStringLength: null, maxArrayLength: null };
  return [inspect(value, everything), JSON.stringify(value) ?? ''];
}

/**
 * Requires a value that does not show a token.
 *
 * @throws {Error} if `value` (an error with its causes, an event) shows the token or a part of it
 */
export function assertNoToken(value: unknown, token: string, what: string): void {
  const texts = textsOf(value);
  for (const secret of secretsOf(token)) {
    for (const spelling of new Set([secret, encodeURIComponent(secret)])) {
      const shows = texts.some((text) => text.includes(spelling));
      assert(!shows, `${what} shows the token: leave it out of messages, reasons and causes.`);
    }
  }
}
