import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { PatronusModule, Revocations } from '@patronus/nestjs';
import type { DestinationStream } from 'pino';
import { platformAccess } from './access/platform-access.js';
import { AccountsModule } from './accounts/accounts.module.js';
import { HousekeepingModule } from './database/housekeeping.module.js';
import { bodyPipe } from './errors/body.pipe.js';
import { PlatformErrorFilter } from './errors/platform-error.filter.js';
import { type Foundation, FoundationModule } from './foundation.module.js';
import { HealthModule } from './health/health.module.js';
import { KeySet } from './keys/key-set.js';
import { KeysModule } from './keys/keys.module.js';
import { LimitsModule } from './limits/limits.module.js';
import { LoggingModule } from './logging/logging.module.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { OAuthModule } from './oauth/oauth.module.js';
import { PasswordSettings } from './passwords/password-settings.js';
import { PasswordsModule } from './passwords/passwords.module.js';
import { ApiSessionsModule } from './sessions/api-sessions.module.js';
import { RevocationsModule } from './sessions/revocations.module.js';
import { ServerSettings } from './settings/server-settings.js';

@Module({
  imports: [
    // Guards run in the order of their modules: limits come before anybody is asked who they are.
    LimitsModule,
    PatronusModule.forRootAsync({
      imports: [KeysModule, RevocationsModule],
      inject: [ServerSettings, KeySet, Revocations],
      useFactory: platformAccess,
    }),
    AccountsModule,
    ApiSessionsModule,
    OAuthModule,
    HousekeepingModule,
    HealthModule,
    MetricsModule,
  ],
  providers: [
    { provide: APP_FILTER, useClass: PlatformErrorFilter },
    { provide: APP_PIPE, useValue: bodyPipe },
  ],
})
export class AppModule {
  static on(foundation: Foundation, lines?: DestinationStream): DynamicModule {
    const hashing = new PasswordSettings(foundation.settings.hashing);
    return {
      module: AppModule,
      imports: [
        FoundationModule.for(foundation),
        LoggingModule.for(foundation.settings, lines),
        PasswordsModule.for(hashing),
      ],
    };
  }
}
