import { type DynamicModule, Module } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import type { DestinationStream } from 'pino';
import type { ServerSettings } from '../settings/server-settings.js';
import { logOptions } from './log-options.js';

/** The log of this process: JSON, a line each, to the standard output unless told. */
@Module({})
export class LoggingModule {
  static for({ logLevel }: ServerSettings, lines?: DestinationStream): DynamicModule {
    const options = logOptions(logLevel);
    return {
      module: LoggingModule,
      imports: [
        LoggerModule.forRoot({
          pinoHttp: lines === undefined ? options : [options, lines],
          // Requests are logged before anything else sees them: see request-log.ts.
          forRoutes: [],
        }),
      ],
    };
  }
}
