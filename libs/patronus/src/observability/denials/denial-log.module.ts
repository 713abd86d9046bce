import { ConfigurableModuleBuilder, Module } from '@nestjs/common';
import { AuthEvents } from '../auth-events.js';
import { DenialLog } from './denial-log.js';
import { type DenialLogOptions, readDenialLogOptions } from './denial-log.options.js';

const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } =
  new ConfigurableModuleBuilder<DenialLogOptions>({ moduleName: 'DenialLog' })
    .setClassMethodName('forRoot')
    .build();

/**
 * Stores every denial in a file or a table, for audits. Import it beside `PatronusModule`.
 *
 * @example
 * imports: [
 *   PatronusModule.forRoot({ … }),
 *   DenialLogModule.forRoot({ writer: ndjsonDenials('denials.ndjson') }),
 * ]
 */
@Module({
  providers: [
    {
      provide: DenialLog,
      inject: [AuthEvents, MODULE_OPTIONS_TOKEN],
      useFactory: (events: AuthEvents, options: DenialLogOptions) =>
        new DenialLog(events, readDenialLogOptions(options)),
    },
  ],
  exports: [DenialLog],
})
export class DenialLogModule extends ConfigurableModuleClass {}
