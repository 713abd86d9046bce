import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { Clock } from '../clock/clock.js';
import { ServerSettings } from '../settings/server-settings.js';
import { Limiters } from './limiters.js';
import { MemoryLimiters } from './memory.limiters.js';
import { RateLimitGuard } from './rate-limit.guard.js';
import { RateLimits } from './rate-limits.js';
import { RedisLimiters } from './redis.limiters.js';

/** Imported before `PatronusModule`: guards run in the order of their modules. */
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
