import {
  Controller,
  Get,
  Header,
  NotFoundException,
  Param,
  StreamableFile,
  Injectable,
  type DynamicModule,
  Module,
} from '@nestjs/common';
import { Public } from '@patronus/nestjs';
import { readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';

/** The page at `/`, a file in `public/`. */
export abstract class Page {
  abstract readonly file: string;
}

const PUBLIC = new URL('../../public/', import.meta.url);

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

interface PageFile {
  readonly type: string;
  readonly content: Buffer;
}

/** The files of the page. They are read once at start, so a request can reach no other file. */
@Injectable()
class PageFiles {
  private readonly files = new Map<string, PageFile>(
    readdirSync(PUBLIC).map((name) => [
      name,
      {
        type: TYPES[extname(name)] ?? 'application/octet-stream',
        content: readFileSync(new URL(name, PUBLIC)),
      },
    ]),
  );

  find(name: string): PageFile | undefined {
    return this.files.get(name);
  }
}

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
class PageController {
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

@Module({ controllers: [PageController], providers: [PageFiles] })
export class PageModule {
  static for(page: Page): DynamicModule {
    return { module: PageModule, providers: [{ provide: Page, useValue: page }] };
  }
}
