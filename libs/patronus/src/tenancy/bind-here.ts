import { AsyncLocalStorage } from 'node:async_hooks';

export type Callback = (...args: unknown[]) => unknown;

/** The same callback, run in the context of this moment wherever it is called. */
export function bindHere(callback: Callback): Callback {
  const here = AsyncLocalStorage.snapshot();
  return (...args) => here(callback, ...args);
}

export function isCallback(value: unknown): value is Callback {
  return typeof value === 'function';
}
