/** One attempt to fetch the keys of an issuer, once it has ended. */
export interface KeyFetch {
  readonly provider: string;
  /** Undefined where it went well. */
  readonly error: unknown;
}

const listeners = new Set<(fetch: KeyFetch) => void>();

/** Hears of every fetch of this process, until the function that it returns is called. */
export function onKeyFetch(listener: (fetch: KeyFetch) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function tellKeyFetch(fetch: KeyFetch): void {
  for (const listener of listeners) listener(fetch);
}
