import { AsyncLocalStorage } from 'node:async_hooks';

/** A callback that nothing else is known of. */
export type Callback = (...args: unknown[]) => unknown;

/** The same callback, with the same `this`, run in the context of this moment wherever it is called. */
export function bindHere<Args extends unknown[], Result>(
  callback: (...args: Args) => Result,
): (...args: Args) => Result {
  return AsyncLocalStorage.bind(callback);
}

export function isCallback(value: unknown): value is Callback {
  return typeof value === 'function';
}
