/**
 * Comments, templates and strings, in the order in which they begin. A string ends with its line.
 */
const OPAQUE =
  /\/\/[^\n\r]*|\/\*[\s\S]*?\*\/|`(?:\\[\s\S]|[^\\`])*`|'(?:\\.|[^\\'\n\r])*'|"(?:\\.|[^\\"\n\r])*"/g;

/**
 * Blanks comments and strings in TypeScript, at the same length, so that a bracket or a name that
 * is left is code.
 */
export function maskSource(source: string): string {
  return source.replaceAll(OPAQUE, (opaque) => opaque.replaceAll(/[^\n\r]/g, ' '));
}

const CLOSING: ReadonlyMap<string | undefined, string> = new Map([
  ['(', ')'],
  ['[', ']'],
  ['{', '}'],
]);

/**
 * Returns the index at which the bracket at `start` of a masked source is closed, or undefined if
 * it is not.
 */
export function closingBracket(masked: string, start: number): number | undefined {
  const expected: string[] = [];
  for (let at = start; at < masked.length; at++) {
    const character = masked.charAt(at);
    const closing = CLOSING.get(character);
    if (closing !== undefined) expected.push(closing);
    else if (')]}'.includes(character) && expected.pop() !== character) return undefined;
    if (expected.length === 0) return at;
  }
  return undefined;
}
