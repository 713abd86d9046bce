import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request, Response } from 'express';
import { PlatformError } from '../errors/platform.error.js';
import { RATE_LIMIT, type RateLimitRule } from './rate-limit.decorator.js';
import { rateLimitHeaders } from './rate-limit-headers.js';
import { RateLimits } from './rate-limits.js';

/**
 * Counts the requests of handlers that `@RateLimit()` marks. It stands before the guards that ask who
 * the caller is: what is refused here costs no verification.
 */
@Injectable()
export class RateLimitGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly limits: RateLimits,
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
