import type { QuotaState } from './spending.js';

/**
 * The fields of draft-ietf-httpapi-ratelimit-headers-10, sections 3 and 4: lists of structured fields
 * (RFC 9651), one member for each limit.
 */
export function rateLimitHeaders(quotas: readonly QuotaState[]): Readonly<Record<string, string>> {
  if (quotas.length === 0) return {};
  return {
    'RateLimit-Policy': quotas
      .map(({ name, limit, window }) => `"${name}";q=${limit};w=${window}`)
      .join(', '),
    RateLimit: quotas
      .map(({ name, remaining, reset }) => `"${name}";r=${remaining};t=${reset}`)
      .join(', '),
  };
}
