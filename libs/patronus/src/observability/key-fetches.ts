/** Attempt to fetch the keys of an issuer, after it has ended. */
export interface KeyFetch {
  readonly provider: string;
  /** Undefined if it succeeded. */
  readonly error: unknown;
}

const listeners = new Set<(fetch: KeyFetch) => void>();

/** Calls a listener for every fetch of this process, until the returned function is called. */
export function onKeyFetch(listener: (fetch: KeyFetch) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function tellKeyFetch(fetch: KeyFetch): void {
  for (const listener of listeners) listener(fetch);
}
