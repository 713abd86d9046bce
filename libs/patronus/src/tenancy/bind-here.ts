import { AsyncLocalStorage } from 'node:async_hooks';

/** Callback of unknown type. */
export type Callback = (...args: unknown[]) => unknown;

/**
 * Returns the same callback, with the same `this`, which runs in the current context for every
 * call.
 */
export function bindHere<Args extends unknown[], Result>(
  callback: (...args: Args) => Result,
): (...args: Args) => Result {
  return AsyncLocalStorage.bind(callback);
}

export function isCallback(value: unknown): value is Callback {
  return typeof value === 'function';
}
