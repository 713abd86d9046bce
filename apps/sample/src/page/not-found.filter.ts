import {
  type ArgumentsHost,
  Catch,
  type ExceptionFilter,
  Injectable,
  NotFoundException,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { IncomingHttpHeaders } from 'node:http';
import { PageFiles, PAGE_HEADERS } from './page-files.js';

/** Answers browsers with a page if there is nothing at an address. Programs get JSON. */
@Injectable()
@Catch(NotFoundException)
export class NotFoundFilter implements ExceptionFilter<NotFoundException> {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly files: PageFiles,
  ) {}

  catch(exception: NotFoundException, context: ArgumentsHost): void {
    const { httpAdapter } = this.host;
    const http = context.switchToHttp();
    const response: unknown = http.getResponse();
    const { headers } = http.getRequest<{ headers: IncomingHttpHeaders }>();
    const page = wantsPage(headers) ? this.files.find('not-found.html') : undefined;
    httpAdapter.setHeader(response, 'Vary', 'Accept');
    if (page === undefined) {
      httpAdapter.reply(response, exception.getResponse(), exception.getStatus());
      return;
    }
    const all = { ...PAGE_HEADERS, 'Content-Type': page.type };
    for (const [name, value] of Object.entries(all)) httpAdapter.setHeader(response, name, value);
    httpAdapter.reply(response, page.content.toString(), exception.getStatus());
  }
}

/** Tells if a request comes from the address bar or a link: browsers prefer HTML there only. */
function wantsPage({ accept = '' }: IncomingHttpHeaders): boolean {
  const types = accept.split(',').map((entry) => entry.split(';')[0]?.trim().toLowerCase());
  return types.find((type) => type === 'text/html' || type === 'application/json') === 'text/html';
}
