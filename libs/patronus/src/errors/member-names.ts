/**
 * Returns the names of the members of an options object: its own, and those that its classes define
 * as fields or getters. Methods of classes are no options.
 */
export function memberNames(options: object): readonly string[] {
  const names = new Set(Object.keys(options));
  for (let level = parentOf(options); level !== null; level = parentOf(level)) {
    for (const [name, member] of Object.entries(Object.getOwnPropertyDescriptors(level))) {
      const isMethod = typeof member.value === 'function';
      if (!isMethod && name !== '__proto__') names.add(name);
    }
  }
  return [...names];
}

/**
 * Returns a flat copy of an options object, with the values of getters and of inherited members.
 *
 * @param known - options that are copied even if a class defines them as methods
 */
export function flatMembers<Options extends object>(
  options: Options,
  known: readonly string[],
): Options;
export function flatMembers(options: object, known: readonly string[]): object {
  const names = [...memberNames(options), ...known.filter((name) => name in options)];
  return Object.fromEntries(names.map((name) => [name, Reflect.get(options, name)]));
}

function parentOf(level: object): object | null {
  const parent = Reflect.getPrototypeOf(level);
  return parent === Object.prototype ? null : parent;
}
