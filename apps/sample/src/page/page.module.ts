import { type DynamicModule, Module } from '@nestjs/common';
import { Page } from './page.js';
import { PageController } from './page.controller.js';
import { PageFiles } from './page-files.js';

@Module({ controllers: [PageController], providers: [PageFiles] })
export class PageModule {
  static for(page: Page): DynamicModule {
    return { module: PageModule, providers: [{ provide: Page, useValue: page }] };
  }
}
