import type { RequestHandler, Response } from 'express';
import { PlatformError } from '../errors/platform.error.js';
import { rateLimitHeaders } from './rate-limit-headers.js';
import type { RateLimitName } from './rate-limit.policies.js';
import type { RateLimits } from './rate-limits.js';

/**
 * Middleware that counts requests by address, for what is not a handler of Nest's: the endpoints of
 * OAuth. It answers in their way (RFC 6749, section 5.2).
 */
export function limitRequests(limits: RateLimits, name: RateLimitName): RequestHandler {
  return async (request, response, next) => {
    try {
      const { quotas, retryAfter } = await limits.spend(name, { address: request.ip });
      response.set(rateLimitHeaders(quotas));
      if (retryAfter === undefined) return next();
      return refuse(response, new PlatformError('rate_limited', { retryAfter }));
    } catch (error) {
      return error instanceof PlatformError ? refuse(response, error) : next(error);
    }
  };
}

function refuse(response: Response, error: PlatformError): void {
  const { code, message, retryAfter = 1 } = error;
  response
    .status(error.getStatus())
    .set({ 'Cache-Control': 'no-store', 'Retry-After': String(retryAfter) })
    .json({ error: 'temporarily_unavailable', error_description: message, code });
}
