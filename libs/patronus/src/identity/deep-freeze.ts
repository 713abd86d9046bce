/** Freezes a value and everything that it holds, in place. Claims are JSON, so there are no circles. */
export function deepFreeze(value: object): void {
  if (Object.isFrozen(value)) return;
  Object.freeze(value);
  const members: readonly unknown[] = Object.values(value);
  for (const member of members) {
    if (typeof member === 'object' && member !== null) deepFreeze(member);
  }
}
