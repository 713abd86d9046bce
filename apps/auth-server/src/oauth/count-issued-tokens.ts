import type { PlatformMetrics } from '../metrics/platform-metrics.js';

const KINDS = ['access', 'refresh', 'id'];

/** Counts what an answer of the token endpoint holds (RFC 6749, section 5.1). */
export function countIssuedTokens(metrics: PlatformMetrics, answer: unknown): void {
  if (typeof answer !== 'object' || answer === null) return;
  for (const kind of KINDS) {
    if (`${kind}_token` in answer) metrics.tokens.inc({ kind });
  }
}
