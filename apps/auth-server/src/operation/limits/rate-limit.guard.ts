import {
  applyDecorators,
  type CanActivate,
  type ExecutionContext,
  Injectable,
  SetMetadata,
  Module,
} from '@nestjs/common';
import { Reflector, APP_GUARD } from '@nestjs/core';
import { ApiTooManyRequestsResponse } from '@nestjs/swagger';
import type { Request, RequestHandler, Response } from 'express';
import { PlatformError } from '../http/errors.js';
import type { RateLimitName } from './rate-limit.policies.js';
import { rateLimitHeaders, RateLimitsService } from './rate-limits.service.js';
import { Clock } from '../clock.js';
import { ServerSettings } from '../settings/server-settings.js';
import { RateLimitStore, MemoryRateLimitStore, RedisRateLimitStore } from './rate-limit-store.js';

/** Options of {@link RateLimit}. */
interface RateLimitRule {
  readonly policy: RateLimitName;
  /** Reads the account that is counted as well as the address. */
  readonly account?: (body: unknown) => string | undefined;
}

const RATE_LIMIT = 'patronus:rate-limit';

/**
 * Limits the number of requests to a route by address and, if `account` is given, by account.
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

/**
 * Enforces `@RateLimit()`. It runs before the guards that authenticate, so a refused request costs no
 * verification.
 */
@Injectable()
class RateLimitGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly limits: RateLimitsService,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const rule = this.reflector.get<RateLimitRule | undefined>(RATE_LIMIT, context.getHandler());
    if (rule === undefined) return true;
    const http = context.switchToHttp();
    const request = http.getRequest<Request>();
    const account = rule.account?.(request.body);
    const { quotas, retryAfter } = await this.limits.spend(rule.policy, {
      address: request.ip,
      account,
    });
    http.getResponse<Response>().set(rateLimitHeaders(quotas));
    if (retryAfter !== undefined) throw new PlatformError('rate_limited', { retryAfter });
    return true;
  }
}

/** Reads a text from a body that is not validated yet. */
export function bodyMember(name: string): (body: unknown) => string | undefined {
  return (body) => {
    if (typeof body !== 'object' || body === null || !Object.hasOwn(body, name)) return undefined;
    const value: unknown = Reflect.get(body, name);
    return typeof value === 'string' ? value : undefined;
  };
}

/**
 * Limits requests by address, for endpoints that are not handlers of Nest. `refuse` answers a request
 * that is over the limit, or whose limit could not be checked.
 */
export function limitRequests(
  limits: RateLimitsService,
  name: RateLimitName,
  refuse: (request: Request, response: Response, error: unknown) => void,
): RequestHandler {
  return async (request, response, next) => {
    try {
      const { quotas, retryAfter } = await limits.spend(name, { address: request.ip });
      response.set(rateLimitHeaders(quotas));
      if (retryAfter === undefined) return next();
      return refuse(request, response, new PlatformError('rate_limited', { retryAfter }));
    } catch (error) {
      return refuse(request, response, error);
    }
  };
}

/** Import it before `PatronusModule`: guards run in the order of their modules. */
@Module({
  providers: [
    {
      provide: RateLimitStore,
      inject: [ServerSettings, Clock],
      useFactory: ({ redisUrl, redisPrefix }: ServerSettings, clock: Clock): RateLimitStore =>
        redisUrl === undefined
          ? new MemoryRateLimitStore(clock)
          : new RedisRateLimitStore({ url: redisUrl, prefix: redisPrefix }),
    },
    RateLimitsService,
    { provide: APP_GUARD, useClass: RateLimitGuard },
  ],
  exports: [RateLimitStore, RateLimitsService],
})
export class LimitsModule {}
