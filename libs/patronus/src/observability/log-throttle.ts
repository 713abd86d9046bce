import { LRUCache } from 'lru-cache';

const INTERVAL_MS = 60_000;

/** More kinds than an application has: a kind is a mistake in its code, and no part of a request. */
const seen = new LRUCache<string, true>({ max: 1000, ttl: INTERVAL_MS, ttlResolution: 0 });

/**
 * Calls `log` at most once a minute for each kind of line: a mistake in a route is made with every
 * request.
 */
export function logOncePerMinute(kind: string, log: () => void): void {
  if (seen.has(kind)) return;
  seen.set(kind, true);
  log();
}
