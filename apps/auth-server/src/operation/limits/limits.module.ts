import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { Clock } from '../clock.js';
import { ServerSettings } from '../settings/server-settings.js';
import { Limiters, MemoryLimiters, RedisLimiters } from './rate-limit-store.js';
import { RateLimitGuard } from './rate-limit.guard.js';
import { RateLimits } from './rate-limits.service.js';

/** Import it before `PatronusModule`: guards run in the order of their modules. */
@Module({
  providers: [
    {
      provide: Limiters,
      inject: [ServerSettings, Clock],
      useFactory: ({ redisUrl, redisPrefix }: ServerSettings, clock: Clock): Limiters =>
        redisUrl === undefined
          ? new MemoryLimiters(clock)
          : new RedisLimiters({ url: redisUrl, prefix: redisPrefix }),
    },
    RateLimits,
    { provide: APP_GUARD, useClass: RateLimitGuard },
  ],
  exports: [Limiters, RateLimits],
})
export class LimitsModule {}
