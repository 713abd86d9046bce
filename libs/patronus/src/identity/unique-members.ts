const MAX_DEPTH = 32;

/**
 * Counts the members of a parsed JSON value, at every depth. NaN if it is nested deeper than any
 * token is.
 */
function countMembers(value: unknown, depth = 0): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (depth > MAX_DEPTH) return Number.NaN;
  const values: unknown[] = Array.isArray(value) ? value : Object.values(value);
  let count = Array.isArray(value) ? 0 : values.length;
  for (const inner of values) {
    if (typeof inner === 'object') count += countMembers(inner, depth + 1);
  }
  return count;
}

/** Returns the index after the string that starts before `from`. `text` is known to be JSON. */
function endOfString(text: string, from: number): number {
  let quote = text.indexOf('"', from);
  for (;;) {
    let slashes = quote;
    while (text.charCodeAt(slashes - 1) === 0x5c) slashes -= 1;
    if ((quote - slashes) % 2 === 0) return quote + 1;
    quote = text.indexOf('"', quote + 1);
  }
}

/** Counts the colons of a JSON text outside of strings: one for each member that was written. */
function countWrittenMembers(text: string): number {
  let count = 0;
  for (let index = 0; index < text.length;) {
    const code = text.charCodeAt(index);
    index += 1;
    if (code === 0x22) index = endOfString(text, index);
    else if (code === 0x3a) count += 1;
  }
  return count;
}

/**
 * Returns true if no object in a JSON text names a member twice (RFC 7519, section 4), so that
 * every parser reads the same. Returns false as well for a value that is nested more than 32 levels
 * deep.
 */
export function hasUniqueMembers(text: string, parsed: unknown): boolean {
  return countWrittenMembers(text) === countMembers(parsed);
}
