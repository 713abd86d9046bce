/** NUL, and halves of surrogate pairs, which are no characters. */
const UNSTORABLE = /[\0\p{Surrogate}]/u;

/** Tells if PostgreSQL can store a text, and JSON that contains it. */
export function isStorableText(text: string): boolean {
  return !UNSTORABLE.test(text);
}

/** Tells if all texts in a parsed body are storable, including the names of members. */
export function isStorable(value: unknown): boolean {
  // A stack and no recursion: a body can be nested more deeply than functions can.
  const rest = [value];
  while (rest.length > 0) {
    const one = rest.pop();
    if (typeof one === 'string' && !isStorableText(one)) return false;
    if (typeof one !== 'object' || one === null) continue;
    for (const [name, member] of Object.entries(one)) {
      if (!isStorableText(name)) return false;
      rest.push(member);
    }
  }
  return true;
}
