/** Members of Jest, Vitest, or `node:test` that are used here. */
export interface TestFramework {
  describe(name: string, body: () => void): void;
  it(name: string, body: () => Promise<void>, timeout?: number): void;
}

/** Returns the global `describe` and `it`. @throws {Error} if there are none */
export function globalFramework(): TestFramework {
  const describe: unknown = Reflect.get(globalThis, 'describe');
  const it: unknown = Reflect.get(globalThis, 'it');
  if (typeof describe === 'function' && typeof it === 'function') {
    return {
      describe: (...args) => void Reflect.apply(describe, undefined, args),
      it: (...args) => void Reflect.apply(it, undefined, args),
    };
  }
  throw new Error(
    'There is no global describe() and it(): pass those that you import, as the option framework: { describe, it }.',
  );
}
