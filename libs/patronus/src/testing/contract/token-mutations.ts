/** Number of positions of a token that are changed, spread over all of it. */
const PLACES = 48;

function placesOf(length: number): ReadonlySet<number> {
  const step = Math.max(1, (length - 1) / (PLACES - 1));
  const count = Math.min(length, PLACES);
  return new Set(Array.from({ length: count }, (_, index) => Math.round(index * step)));
}

function otherCase(character: string): string {
  const upper = character.toUpperCase();
  return character === upper ? character.toLowerCase() : upper;
}

/** Yields tokens that differ from a token in one character, each with its position. */
export function* mutationsOf(token: string): Generator<readonly [token: string, at: number]> {
  for (const at of placesOf(token.length)) {
    const character = token.charAt(at);
    const others = new Set([character === 'A' ? 'B' : 'A', otherCase(character)]);
    others.delete(character);
    for (const other of others) yield [token.slice(0, at) + other + token.slice(at + 1), at];
  }
}
