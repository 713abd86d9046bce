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

/** The key of the limits of a handler in its metadata: the one of the guard, then those of the handler. */
export const RATE_LIMIT = 'patronus:rate-limit';

/**
 * Limits the requests to a route by network. A handler that enforces further limits with
 * `RateLimitsService` names them, too.
 *
 * @example
 * @RateLimit('account', 'change-address')
 */
export const RateLimit = (policy: RateLimitName, ...ofHandler: RateLimitName[]): MethodDecorator =>
  applyDecorators(
    SetMetadata(RATE_LIMIT, [policy, ...ofHandler]),
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
    const [name] =
      this.reflector.get<RateLimitName[] | undefined>(RATE_LIMIT, context.getHandler()) ?? [];
    if (name === undefined) return true;
    const http = context.switchToHttp();
    const { ip: address } = http.getRequest<Request>();
    const { quotas, retryAfter } = await this.limits.spend(name, { address });
    http.getResponse<Response>().set(rateLimitHeaders(quotas));
    if (retryAfter !== undefined) throw new PlatformError('rate_limited', { retryAfter });
    return true;
  }
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
