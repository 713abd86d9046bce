/**
 * Freezes an object and the JSON that it holds, in place. Members that are neither arrays nor plain
 * objects stay as they are: an entity or a `Buffer` belongs to the application, and a `Buffer`
 * cannot be frozen.
 */
export function deepFreeze(value: object): void {
  if (Object.isFrozen(value)) return;
  Object.freeze(value);
  const members: readonly unknown[] = Object.values(value);
  for (const member of members) {
    if (typeof member === 'object' && member !== null && isPlain(member)) deepFreeze(member);
  }
}

/**
 * Returns true if an object is an array, or one that a literal or `JSON.parse` made, of any realm.
 */
export function isPlain(value: object): boolean {
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
