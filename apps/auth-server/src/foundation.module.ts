import { type DynamicModule, Module } from '@nestjs/common';
import { Clock } from './clock/clock.js';
import { PlatformDatabase } from './database/platform-database.js';
import { Sealer } from './sealing/sealer.js';
import { ServerSettings } from './settings/server-settings.js';

/** What every room stands on. */
export interface Foundation {
  readonly settings: ServerSettings;
  /** It is closed with the server. */
  readonly database: PlatformDatabase;
  readonly sealer: Sealer;
  readonly clock: Clock;
}

@Module({})
export class FoundationModule {
  static for({ settings, database, sealer, clock }: Foundation): DynamicModule {
    const providers = [
      { provide: ServerSettings, useValue: settings },
      { provide: PlatformDatabase, useValue: database },
      { provide: Sealer, useValue: sealer },
      { provide: Clock, useValue: clock },
    ];
    return { module: FoundationModule, global: true, providers, exports: providers };
  }
}
