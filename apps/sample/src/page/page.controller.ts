import {
  Controller,
  Get,
  Header,
  NotFoundException,
  Param,
  StreamableFile,
  type DynamicModule,
  Module,
} from '@nestjs/common';
import { Public } from '@patronus/nestjs';
import { APP_FILTER } from '@nestjs/core';
import { NotFoundFilter } from './not-found.filter.js';
import { PageFiles, PAGE_HEADERS } from './page-files.js';

/** The page at `/`, a file in `public/`. */
export abstract class Page {
  abstract readonly file: string;
}

@Controller()
@Public()
class PageController {
  constructor(
    private readonly files: PageFiles,
    private readonly page: Page,
  ) {}

  @Get()
  @Header('Content-Security-Policy', PAGE_HEADERS['Content-Security-Policy'])
  @Header('Referrer-Policy', PAGE_HEADERS['Referrer-Policy'])
  @Header('X-Content-Type-Options', PAGE_HEADERS['X-Content-Type-Options'])
  home(): StreamableFile {
    return this.file(this.page.file);
  }

  @Get('page/:name')
  @Header('X-Content-Type-Options', 'nosniff')
  file(@Param('name') name: string): StreamableFile {
    const file = this.files.find(name);
    if (!file) throw new NotFoundException('There is no such file.');
    return new StreamableFile(file.content, { type: file.type });
  }
}

@Module({
  controllers: [PageController],
  providers: [PageFiles, { provide: APP_FILTER, useClass: NotFoundFilter }],
})
export class PageModule {
  static for(page: Page): DynamicModule {
    return { module: PageModule, providers: [{ provide: Page, useValue: page }] };
  }
}
