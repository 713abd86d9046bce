import { AsyncLocalStorage } from 'node:async_hooks';

/** A callback that nothing else is known of. */
export type Callback = (...args: unknown[]) => unknown;

/** The same callback, run in the context of this moment wherever it is called. */
export function bindHere<Args extends unknown[], Result>(
  callback: (...args: Args) => Result,
): (...args: Args) => Result {
  const here = AsyncLocalStorage.snapshot();
  return (...args) => here(callback, ...args);
}

export function isCallback(value: unknown): value is Callback {
  return typeof value === 'function';
}
