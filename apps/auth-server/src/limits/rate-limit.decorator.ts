import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiTooManyRequestsResponse } from '@nestjs/swagger';
import type { RateLimitName } from './rate-limit.policies.js';

/** What {@link RateLimit} says of a handler. */
export interface RateLimitRule {
  readonly policy: RateLimitName;
  /** Whose account a request is about, beside the address that it comes from. */
  readonly account?: (body: unknown) => string | undefined;
}

export const RATE_LIMIT = 'patronus:rate-limit';

/**
 * Limits how often a route is called, by address and, where it is told whose account a request is
 * about, by account.
 *
 * @example
 * @RateLimit('login', { account: bodyMember('email') })
 */
export const RateLimit = (
  policy: RateLimitName,
  { account }: Pick<RateLimitRule, 'account'> = {},
): MethodDecorator =>
  applyDecorators(
    SetMetadata(RATE_LIMIT, { policy, ...(account && { account }) }),
    ApiTooManyRequestsResponse({ description: 'Too many requests: see `Retry-After`.' }),
  );
