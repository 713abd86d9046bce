import { Module } from '@nestjs/common';
import { InMemoryRevocations, Revocations } from '@patronus/nestjs';
import { redisRevocations } from '@patronus/nestjs/redis';
import { ServerSettings } from '../settings/server-settings.js';
import { CLOCK_LEEWAY, LONGEST_ACCESS_TOKEN } from '../tokens/access-tokens.life.js';

const KEEP_FOR = LONGEST_ACCESS_TOKEN + CLOCK_LEEWAY;

/** What the library's guards refuse: of all instances that share a Redis, else of this process. */
@Module({
  providers: [
    {
      provide: Revocations,
      inject: [ServerSettings],
      useFactory: ({ redisUrl, redisPrefix }: ServerSettings): Revocations =>
        redisUrl === undefined
          ? new InMemoryRevocations({ keepFor: KEEP_FOR })
          : redisRevocations({ url: redisUrl, prefix: redisPrefix, keepFor: KEEP_FOR }),
    },
  ],
  exports: [Revocations],
})
export class RevocationsModule {}
