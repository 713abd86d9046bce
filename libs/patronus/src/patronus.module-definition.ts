import { ConfigurableModuleBuilder, Module } from '@nestjs/common';
import type { PatronusOptions } from './patronus.options.js';

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN: PATRONUS_OPTIONS } =
  new ConfigurableModuleBuilder<Partial<PatronusOptions>>({ moduleName: 'Patronus' })
    .setClassMethodName('forRoot')
    .setFactoryMethodName('createPatronusOptions')
    .build();

/** Provides the options, for `PatronusModule` and for the cache module that it imports. */
@Module({ exports: [PATRONUS_OPTIONS] })
export class PatronusOptionsModule extends ConfigurableModuleClass {}
