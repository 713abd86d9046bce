import { Controller, Get, Header, NotFoundException, Param, StreamableFile } from '@nestjs/common';
import { Public } from '@patronus/nestjs';
import { Page } from './page.js';
import { PageFiles } from './page-files.js';

const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

@Controller()
@Public()
export class PageController {
  constructor(
    private readonly files: PageFiles,
    private readonly page: Page,
  ) {}

  @Get()
  @Header('Content-Security-Policy', CONTENT_SECURITY_POLICY)
  @Header('Referrer-Policy', 'no-referrer')
  @Header('X-Content-Type-Options', 'nosniff')
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
